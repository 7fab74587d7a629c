package cohort

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/judge"
)

// TestLate hands the same work in at many times, and wants what it loses: by the
// deadline of the person or else of all, and nothing where the time is not known.
func TestLate(t *testing.T) {
	due := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		rule     string
		after    time.Duration // the commit, after the deadline; 0: no time is known
		said     bool          // late, by the platform
		person   Person
		late     string
		grade    float64
		remarked string
	}{
		"early":                  {rule: "lose=10%", after: -time.Hour, late: "in time", grade: 4},
		"within grace":           {rule: "lose=10%,grace=15m", after: 15 * time.Minute, late: "in time", grade: 4},
		"a minute more":          {rule: "lose=10%,grace=15m", after: 16 * time.Minute, late: "1 day", grade: 3.6, remarked: "1 day late, loses 0.4 points"},
		"two days":               {rule: "lose=0.5", after: 25 * time.Hour, late: "2 days", grade: 3, remarked: "2 days late, loses 1 points"},
		"at most":                {rule: "lose=25%,most=60%", after: 80 * time.Hour, late: "4 days", grade: 1.6, remarked: "loses 2.4 points"},
		"all":                    {rule: "lose=1", after: 2400 * time.Hour, late: "100 days", grade: 0, remarked: "100 days late"},
		"only marked":            {rule: "flag", after: time.Hour, late: "1 day", grade: 4, remarked: "ada: 1 day late"},
		"unknown":                {rule: "lose=1", late: "time not known", grade: 4, remarked: "of 1 students the time of handing in is not known"},
		"by the platform's word": {rule: "lose=1", said: true, late: "late", grade: 4, remarked: "does not say by how much"},
		"an extension":           {rule: "lose=1", after: 30 * time.Hour, person: Person{Deadline: due.Add(48 * time.Hour)}, late: "in time", grade: 4},
		"pushed late":            {rule: "lose=1", after: -time.Hour, person: Person{HandedIn: due.Add(time.Hour)}, late: "1 day", grade: 3, remarked: "1 day late"},
		"pushed in time":         {rule: "lose=1", said: true, person: Person{HandedIn: due}, late: "in time", grade: 4},
		"no rule":                {after: time.Hour, grade: 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var b Book
			b.Header = header()
			test.person.ID = "ada"
			b.Header.Roster, b.Header.People = []string{"ada"}, []Person{test.person}
			if test.rule != "" {
				late, err := ParseLate(test.rule)
				if err != nil {
					t.Fatal(err)
				}
				b.Header.Rules = Rules{Deadline: due, Late: late}
			}
			for _, id := range []string{"01", "02"} {
				l := line("ada", id, 2, judge.Pass, 1)
				if l.Late = test.said; test.after != 0 {
					l.Time = due.Add(test.after)
				}
				b.Add(l)
			}
			s := b.Students()[0]
			if grade, ok := s.grade(b.possible()); !ok || figure(grade) != figure(test.grade) || s.Late != test.late || s.Points != 4 {
				t.Errorf("%v of %d points, %q; want %v, %q", grade, s.Points, s.Late, test.grade, test.late)
			}
			if said := strings.Join(b.Odd(), "\n"); !strings.Contains(said, test.remarked) || (said == "") != (test.remarked == "") {
				t.Errorf("said %q, want %q", said, test.remarked)
			}
		})
	}
	for _, text := range []string{"", "lose", "lose=", "lose=-1", "lose=200%", "lose=NaN", "lose=Inf", "most=3", "lose=1,lose=2", "grace=-1m", "grace=5", "colour=red", "flag,lose=1"} {
		if l, err := ParseLate(text); err == nil {
			t.Errorf("%q is taken for a rule: %+v", text, l)
		}
	}
}

// TestAttempts has one student hand in thrice, and asks which counts.
func TestAttempts(t *testing.T) {
	add := func(b *Book, attempt, points int, nothing bool, seconds int64) {
		for _, id := range []string{"01", "02"} {
			l := line("ada", id, points, judge.Fail, seconds)
			l.Attempt, l.Nothing = attempt, nothing
			b.Add(l)
		}
	}
	for name, test := range map[string]struct {
		tries  Tries
		points [3]int // of each; -1: not graded, -2: nothing found
		want   string
	}{
		"the last":        {Tries{3, 3}, [3]int{2, 1, 0}, "fail 0 3 of 3"},
		"the best":        {Tries{1, 3}, [3]int{1, 2, 0}, "fail 4 2 of 3"},
		"alike":           {Tries{1, 3}, [3]int{1, 2, 2}, "fail 4 3 of 3"},
		"not nothing":     {Tries{1, 3}, [3]int{-2, 0, -2}, "fail 0 2 of 3"},
		"not all of them": {Tries{1, 3}, [3]int{1, -1, 0}, "missing 2 1 of 3"},
		"of another call": {Tries{1, 2}, [3]int{1, 0, 2}, "fail 2 1 of 2"},
	} {
		var b Book
		b.Header = header()
		b.Header.Roster, b.Header.Attempts = []string{"ada"}, map[string]Tries{"ada": test.tries}
		for i, points := range test.points {
			if points != -1 {
				add(&b, i+1, max(points, 0), points == -2, int64(i))
			}
		}
		s := b.Students()[0]
		if got := fmt.Sprint(s.Status, " ", s.Points, " ", s.Attempt); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
