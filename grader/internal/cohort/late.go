package cohort

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Rules say what becomes of late work and which of several attempts counts.
type Rules struct {
	Deadline time.Time `json:"deadline,omitzero"` // of whom the roster gives none
	Late     *Late     `json:"late,omitempty"`    // nil: repositories are taken as they were at the deadline
	Attempt  string    `json:"attempt,omitempty"` // Last or Best; empty: several are an error
}

// Which of several attempts counts.
const (
	Last = "last"
	Best = "best"
)

// Late is what late work loses: for each day that began after the deadline, and at most.
// The zero Late only marks it.
type Late struct {
	Lose  Share         `json:"lose"`
	Most  Share         `json:"most"` // the zero Share: all
	Grace time.Duration `json:"grace"`
}

// Share is a number of points, or percent of those that there are.
type Share struct {
	Number  float64 `json:"number"`
	Percent bool    `json:"percent,omitempty"`
}

func (s Share) of(possible int) float64 {
	if s.Percent {
		return s.Number * float64(possible) / 100
	}
	return s.Number
}

// ParseLate reads "flag", or "lose=10%,most=50%,grace=15m" and parts of it.
func ParseLate(text string) (*Late, error) {
	l := &Late{}
	if text == "flag" {
		return l, nil
	}
	const form = `needs "flag", or lose=POINTS or lose=N% for each day and, if you like, most=POINTS or most=N% and grace=DURATION, as in lose=10%,most=50%,grace=15m`
	given := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var err error
		switch key {
		case "lose":
			l.Lose, err = parseShare(value)
		case "most":
			l.Most, err = parseShare(value)
		case "grace":
			if l.Grace, err = time.ParseDuration(value); err != nil || l.Grace < 0 {
				err = fmt.Errorf("%q is no length of time such as 15m or 2h", value)
			}
		default:
			err = fmt.Errorf("there is no %q", key)
		}
		if err == nil && given[key] {
			err = fmt.Errorf("%s is given twice", key)
		}
		if err != nil {
			return nil, fmt.Errorf("%w; it %s", err, form)
		}
		given[key] = true
	}
	if given["most"] && !given["lose"] {
		return nil, fmt.Errorf("most without lose; it %s", form)
	}
	return l, nil
}

func parseShare(text string) (s Share, err error) {
	number, percent := strings.CutSuffix(text, "%")
	s.Percent = percent
	if s.Number, err = strconv.ParseFloat(number, 64); err != nil || !(s.Number > 0) || math.IsInf(s.Number, 0) || percent && s.Number > 100 {
		return s, fmt.Errorf("%q is neither points nor percent, and more than none", text)
	}
	return s, nil
}

// Check says what is wrong with rules for people.
func (r Rules) Check(people []Person) error {
	deadlines := !r.Deadline.IsZero()
	for _, p := range people {
		deadlines = deadlines || !p.Deadline.IsZero()
	}
	switch {
	case r.Late == nil && !r.Deadline.IsZero():
		return fmt.Errorf("--deadline: say by --late what late work loses; to take repositories as they were then, use --at")
	case r.Late != nil && !deadlines:
		return fmt.Errorf("--late: there is no deadline; give one by --deadline, or in the roster's column deadline")
	case r.Attempt != "" && r.Attempt != Last && r.Attempt != Best:
		return fmt.Errorf("--attempt %s: there are %s and %s", r.Attempt, Last, Best)
	}
	return nil
}

// due is a student's deadline; zero: there is none.
func (r Rules) due(p Person) time.Time {
	if !p.Deadline.IsZero() {
		return p.Deadline
	}
	return r.Deadline
}

// unknownTime is said of work of which nobody knows when it was handed in.
const unknownTime = "time not known"

// late says how late a student's work is, and what it loses. The time is that of the
// roster, or else of the commit: what a file system says is when somebody unpacked.
// Work of unknown time is not late; what only the platform calls late loses nothing,
// since it does not say by how much.
func (b *Book) late(s *Student, p Person) {
	if !p.HandedIn.IsZero() {
		s.Time = p.HandedIn
	}
	r := b.Header.Rules
	due := r.due(p)
	if s.SaidLate {
		s.Late = "late"
	}
	if r.Late == nil || due.IsZero() || s.Nothing {
		return
	}
	by := s.Time.Sub(due)
	switch {
	case s.Time.IsZero():
		s.Late = cmp.Or(s.Late, unknownTime)
	case by <= r.Late.Grace:
		s.Late = "in time"
	default:
		s.DaysLate = int(math.Ceil(by.Hours() / 24))
		s.Late = fmt.Sprintf("%d days", s.DaysLate)
		if s.DaysLate == 1 {
			s.Late = "1 day"
		}
		s.Lost = float64(s.DaysLate) * r.Late.Lose.of(b.possible())
		if most := r.Late.Most; most.Number > 0 {
			s.Lost = min(s.Lost, most.of(b.possible()))
		}
	}
}

// lateRemarks are what a person should know of late work.
func (b *Book) lateRemarks() (all []string) {
	unknown := 0
	for _, s := range b.Students() {
		switch {
		case s.Late == unknownTime:
			unknown++
		case s.Lost > 0:
			all = append(all, fmt.Sprintf("note     %s: %s late, loses %s points", s.Name, s.Late, figure(s.Lost)))
		case s.DaysLate > 0:
			all = append(all, fmt.Sprintf("note     %s: %s late", s.Name, s.Late))
		case s.SaidLate && s.Time.IsZero():
			all = append(all, fmt.Sprintf("note     %s: late by the platform's word, which does not say by how much: loses nothing", s.Name))
		}
	}
	if unknown > 0 {
		all = append(all, fmt.Sprintf("note     of %d students the time of handing in is not known, and nothing is lost: it is no commit's, and the roster has none in its column handed_in", unknown))
	}
	return all
}
