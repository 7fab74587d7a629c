package cohort

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

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
