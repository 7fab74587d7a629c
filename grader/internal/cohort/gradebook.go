package cohort

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lockstep/grader/internal/scratch"
)

// Gradebook is a table of grades as a learning platform imports one.
type Gradebook struct {
	Form string // canvas, moodle or csv
	Item string // what the grades are of, as the platform calls it
}

// entry is a student in a gradebook.
type entry struct {
	Person
	number   string // the platform's; may be empty
	grade    string
	possible string
}

// gradebooks are the forms: what stands above the students, and a student's row. What
// a form's columns are called and hold is the platform's.
var gradebooks = map[string]struct {
	head func(item, possible string) [][]string
	row  func(e entry) []string
}{
	"canvas": {
		func(item, possible string) [][]string {
			return [][]string{
				{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", item},
				{"    Points Possible", "", "", "", "", possible},
			}
		},
		func(e entry) []string { return []string{e.Name, e.number, e.ID, "", e.Section, e.grade} },
	},
	"moodle": {
		func(string, string) [][]string {
			return [][]string{{"Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"}}
		},
		func(e entry) []string {
			if e.number != "" {
				e.number = "Participant " + e.number
			}
			return []string{e.number, e.Name, e.ID, e.Email, e.grade, e.possible, "-"}
		},
	},
	"csv": {
		func(item, possible string) [][]string {
			return [][]string{{"id", "name", "email", "lms_id", "section", "group", item, "possible"}}
		},
		func(e entry) []string {
			return []string{cmp.Or(e.ID, e.Name), e.Name, e.Email, e.number, e.Section, e.Group, e.grade, e.possible}
		},
	},
}

// Check says what is wrong with the wish for a gradebook.
func (g Gradebook) Check() error {
	if _, ok := gradebooks[g.Form]; !ok {
		return fmt.Errorf("--gradebook %s: there are %s", g.Form, strings.Join(slices.Sorted(maps.Keys(gradebooks)), ", "))
	}
	return nil
}

// WriteGradebook writes a class's gradebook, and returns its name and what a person
// should know of it. Who is not graded is not in it, so that no grade that is there
// already is lost; nor is a submission that is nobody's on the roster.
func (b *Book) WriteGradebook(dir string, g Gradebook) (name string, left []string, err error) {
	form := gradebooks[g.Form]
	possible := b.possible()
	rows := form.head(g.Item, strconv.Itoa(possible))
	for _, s := range b.Students() {
		p := b.person(s.Name)
		grade, graded := s.grade(possible)
		switch {
		case len(b.Header.People) > 0 && p.ID == "":
			left = append(left, fmt.Sprintf("left out %s: nobody's on the roster", s.Name))
		case !graded:
			left = append(left, fmt.Sprintf("left out %s: not graded", s.Name))
		default:
			if p.ID == "" {
				p = Person{Name: s.Name}
			}
			e := entry{p, s.Number, figure(grade), strconv.Itoa(possible)}
			if e.number == "" || p.Group != "" { // a group's is one member's
				e.number = p.LMS
			}
			if e.Name == "" {
				e.Name = p.ID
			}
			rows = append(rows, form.row(e))
		}
	}
	name = filepath.Join(dir, "gradebook-"+g.Form+".csv")
	if err := WriteTable(name, rows); err != nil {
		return "", nil, err
	}
	return name, left, nil
}

// person is what the roster says of a student; the zero Person where it says nothing.
func (b *Book) person(student string) Person {
	if b.people == nil {
		b.people = map[string]Person{}
		for _, p := range b.Header.People {
			b.people[p.ID] = p
		}
	}
	return b.people[student]
}

// figure is a number as all spreadsheets read it: to hundredths, without zeros behind.
func figure(n float64) string {
	return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
}

// formula is what makes a spreadsheet take a cell for a formula: a sign at its beginning,
// be it that spreadsheets of some countries end cells elsewhere than a comma.
var formula = regexp.MustCompile(`(^|[,;\t|])(\s*)([=+\-@＝＋－＠])`)

// cell keeps a spreadsheet from taking somebody's name for a formula.
func cell(text string) string { return formula.ReplaceAllString(text, "$1$2'$3") }

// WriteTable writes a table for spreadsheets, in which nothing is a formula.
func WriteTable(name string, rows [][]string) error {
	var text bytes.Buffer
	text.WriteString("\ufeff") // or spreadsheets take another encoding for granted
	err := writeRows(&text, rows)
	if err == nil {
		err = scratch.ReplaceText(name, 0o644, text.Bytes())
	}
	if err != nil {
		return fmt.Errorf("cannot write the table: %w", err)
	}
	return nil
}

// writeRows writes a table whose cells are harmless in a spreadsheet.
func writeRows(to *bytes.Buffer, rows [][]string) error {
	c := csv.NewWriter(to)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, text := range row {
			if safe[i] = text; text != "-" { // alone it is no formula, and Moodle's word for none
				safe[i] = cell(text)
			}
		}
		if err := c.Write(safe); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
