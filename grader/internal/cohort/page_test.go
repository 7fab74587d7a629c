package cohort

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

// TestPageOfMany wants a page that a browser can show of a course of many, which says where
// the others are.
func TestPageOfMany(t *testing.T) {
	const more = 7
	b := &Book{Header: header()}
	b.Header.Roster = nil
	for i := range mostRows + more {
		name := fmt.Sprintf("s%04d", i)
		b.Header.Roster = append(b.Header.Roster, name)
		b.Add(line(name, "01", 1, judge.Fail, 1))
		b.Add(line(name, "02", 2, judge.Pass, 1))
	}
	changes := b.Changes(&Book{Header: b.Header})
	var page bytes.Buffer
	if err := b.writePage(&page, b.Students(), changes); err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{
		fmt.Sprintf("%d submissions,", mostRows+more),
		fmt.Sprintf("<b>%d</b> × 01", mostRows+more), fmt.Sprintf("</a> and %d more", more),
		fmt.Sprintf("… and %d more: all of them stand in <a href=\"results.csv\">", more),
		fmt.Sprintf("… and %d more in <a href=\"changes.csv\">", len(changes)-mostRows),
	} {
		if !strings.Contains(page.String(), said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if n := strings.Count(page.String(), `<a href="students/s`); n != 3*mostRows {
		t.Errorf("the page names %d students, want thrice %d", n, mostRows)
	}
}

// TestRevealed wants students to read what was hidden from the day of its reveal on, without
// being marked again, or when the teacher says so, and the teacher to read it at once.
func TestRevealed(t *testing.T) {
	day := time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)
	b := &Book{Header: header()}
	l := line("ada", "01", 1, judge.Fail, 0)
	l.Result.Checks = []judge.Verdict{{
		Check: "whisper", Status: judge.Fail, Hidden: true, Detail: exercise.Kinds, Reveal: day, Kind: "the stdout is wrong",
		Message: "stdout: expected secret", Evidence: []judge.Evidence{{Kind: judge.Expected, Lines: []string{"secret"}}},
	}}
	b.Add(l)
	for _, test := range []struct {
		at     time.Time
		detail exercise.Detail
		want   bool
	}{
		{day.Add(-time.Second), "", false}, {day, "", true}, {day.Add(-time.Second), exercise.Full, true}, {day, exercise.Kinds, false},
	} {
		b.Header.Detail = test.detail
		files, err := b.files(b.student("ada"), test.at)
		if err != nil {
			t.Fatal(err)
		}
		for end, text := range files {
			if got := bytes.Contains(text, []byte("secret")); got != test.want {
				t.Errorf("%s at %s, %q: tells it is %v", end, test.at, test.detail, got)
			}
		}
	}
	var page bytes.Buffer
	if err := b.writePage(&page, b.Students(), nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "secret") {
		t.Error("the teacher is not told")
	}
}
