//go:build !first

package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"lockstep/grader/internal/judge"
)

// The elements and attributes are those of the XML Schema of Ant's JUnit reports,
// in its order; it asks for properties, system-out and system-err even where they
// are empty.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Package    string          `xml:"package,attr"`
	ID         int             `xml:"id,attr"`
	Properties junitProperties `xml:"properties"`
	Cases      []junitCase     `xml:"testcase"`
	SystemOut  string          `xml:"system-out"`
	SystemErr  string          `xml:"system-err"`
}

type junitProperties struct {
	List []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	Time    string      `xml:"time,attr"`
	Failure *junitFault `xml:"failure"`
	Error   *junitFault `xml:"error"`
	Skipped *junitSkip  `xml:"skipped"`
}

type junitFault struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkip struct {
	Message string `xml:"message,attr"`
}

// WriteJUnit writes JUnit XML: a testsuite per exercise, a testcase per check.
// Began is when grading began.
func (r *Report) WriteJUnit(w io.Writer, began time.Time) error {
	err := within(w, fileBudget, inTheLog, func(x extent) ([]byte, error) {
		text, err := xml.MarshalIndent(r.junit(began, x), "", "  ")
		return fmt.Appendf(nil, "%s%s\n", xml.Header, text), err
	})
	if err != nil {
		return fmt.Errorf("cannot write JUnit XML: %w", err)
	}
	return nil
}

func (r *Report) junit(began time.Time, x extent) (all junitSuites) {
	for i, e := range r.Exercises {
		s := junitSuite{
			Name: e.Exercise, Package: "exercises", ID: i, Hostname: "localhost",
			Timestamp: began.UTC().Format("2006-01-02T15:04:05"), Time: seconds(e.Seconds), Tests: len(e.Checks),
			Properties: junitProperties{[]junitProperty{
				{"points", fmt.Sprint(e.Points)}, {"max", fmt.Sprint(e.Max)}, {"tier", string(r.Tier)}, {"seed", fmt.Sprint(r.Seed)},
			}},
		}
		if r.Grader != "" {
			s.Properties.List = append(s.Properties.List, junitProperty{"grader", r.Grader})
		}
		if e.Stretched > 0 {
			s.Properties.List = append(s.Properties.List, junitProperty{"stretched", fmt.Sprintf("%.0f", e.Stretched)})
		}
		var shown []string
		for _, v := range e.Checks {
			c := junitCase{Name: token(v.Check), Class: e.Exercise, Time: seconds(v.Seconds)}
			fault := &junitFault{Message: Escape(v.Message, maxPlainRunes), Type: string(v.Status), Text: plain(v, x)}
			switch {
			case v.Status == judge.Fail && v.Bonus > 0: // else the whole suite would fail by it
				c.Skipped, s.Skipped = &junitSkip{"bonus not reached: " + fault.Message}, s.Skipped+1
			case v.Status == judge.Fail:
				c.Failure, s.Failures = fault, s.Failures+1
			case v.Status == judge.Error:
				c.Error, s.Errors = fault, s.Errors+1
			case v.Status == judge.Skipped, v.Status == judge.NotChecked:
				c.Skipped, s.Skipped = &junitSkip{because(v.Status) + fault.Message}, s.Skipped+1
			}
			if text := printed(v); text != "" {
				shown = append(shown, v.Check+":", text)
			}
			s.Cases = append(s.Cases, c)
		}
		s.SystemOut = bounded(strings.Join(shown, "\n"), 4*x.bytes, "… more "+x.more)
		all.Suites = append(all.Suites, s)
	}
	return all
}

// token is text without what an XML token may not have: line breaks, and spaces
// at its ends or side by side.
func token(text string) string {
	return strings.Join(strings.Fields(Escape(text, maxPlainRunes)), " ")
}
