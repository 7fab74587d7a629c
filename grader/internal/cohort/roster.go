package cohort

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/report"
)

// Person is a row of a roster: somebody who is to hand something in.
type Person struct {
	ID         string    `json:"id"` // the name in all results
	Name       string    `json:"name,omitempty"`
	Email      string    `json:"email,omitempty"`
	Login      string    `json:"login,omitempty"`    // on GitHub
	LMS        string    `json:"lms_id,omitempty"`   // the learning platform's number
	Section    string    `json:"section,omitempty"`  // who teaches
	Group      string    `json:"group,omitempty"`    // whose submission is the person's too
	Deadline   time.Time `json:"deadline,omitzero"`  // of the person alone
	HandedIn   time.Time `json:"handed_in,omitzero"` // by the platform's clock
	Submission string    `json:"submission,omitempty"`
}

// columnNames are those that a roster may have, for a person.
const columnNames = "id, name, email, login, lms_id, section, group, deadline, handed_in and submission"

// columns are those that a roster may have, in any order; only id is needed.
var columns = map[string]func(p *Person, text string) error{
	"id":         func(p *Person, text string) error { p.ID = text; return nil },
	"name":       func(p *Person, text string) error { p.Name = text; return nil },
	"email":      func(p *Person, text string) error { p.Email = text; return nil },
	"login":      func(p *Person, text string) error { p.Login = text; return nil },
	"lms_id":     func(p *Person, text string) error { p.LMS = text; return nil },
	"section":    func(p *Person, text string) error { p.Section = text; return nil },
	"group":      func(p *Person, text string) error { p.Group = text; return nil },
	"submission": func(p *Person, text string) error { p.Submission = text; return nil },
	"deadline":   func(p *Person, text string) (err error) { p.Deadline, err = instant("deadline", text); return err },
	"handed_in":  func(p *Person, text string) (err error) { p.HandedIn, err = instant("handed_in", text); return err },
}

func instant(column, text string) (t time.Time, err error) {
	if text == "" {
		return t, nil
	}
	if t, err = time.Parse(time.RFC3339, text); err != nil {
		return t, fmt.Errorf("%s %q: needs a time with its zone, as in 2026-11-24T18:00:00+01:00", column, text)
	}
	return t, nil
}

// ReadRoster reads a table of people as spreadsheets write one: commas or semicolons
// between columns, whose names its first line tells. Errors name the file's line.
func ReadRoster(file string) (people []Person, err error) {
	fail := func(line int, format string, args ...any) ([]Person, error) {
		return nil, fmt.Errorf("cannot read the roster: %s:%d: %w", file, line, fmt.Errorf(format, args...))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the roster: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	table := csv.NewReader(bytes.NewReader(text))
	if first, _, _ := bytes.Cut(text, []byte("\n")); bytes.Contains(first, []byte(";")) {
		table.Comma = ';'
	}
	var head []string
	seen := map[string]int{}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			return fail(wrong.Line, "%w", wrong.Err)
		} else if err != nil {
			return nil, fmt.Errorf("cannot read the roster: %w", err)
		}
		line, _ := table.FieldPos(0)
		if head == nil {
			for _, name := range row {
				if columns[name] == nil {
					return fail(line, "there is no column %q; there are %s", name, columnNames)
				}
			}
			if head = row; !slices.Contains(head, "id") {
				return fail(line, "there is no column id; there are %s", columnNames)
			}
			continue
		}
		var p Person
		for k, cell := range row {
			cell = strings.TrimSpace(cell)
			if err := columns[head[k]](&p, report.Escape(cell, len(cell))); err != nil {
				return fail(line, "%w", err)
			}
		}
		if p.ID == "" {
			return fail(line, "there is no id")
		}
		if at := seen[p.ID]; at > 0 {
			return fail(line, "line %d has the id %s too", at, p.ID)
		}
		seen[p.ID] = line
		people = append(people, p)
	}
	if head == nil {
		return fail(1, "it is empty; it needs a column id, and may have %s", columnNames)
	}
	return people, nil
}

// assign gives submissions to the people whose they are: by the name that the roster
// says, or else by id, login, the platform's number, name or group, as the submission is
// called, or by the login behind the assignment's name, as GitHub calls repositories. Who
// handed in nothing has a submission that is none; one that is nobody's keeps its name.
func assign(found []Submission, people []Person, which string) (all []Submission, err error) {
	taken := map[string]bool{}
	named := byName(found)
	for _, p := range people {
		var mine []Submission
		for _, k := range named.of(p) {
			s := found[k]
			owned, chosen := p.is(s), p.Submission != "" && (p.Submission == s.Student || p.Submission == s.named())
			if owned || chosen {
				taken[s.Path] = true
			}
			if chosen || owned && p.Submission == "" {
				mine = append(mine, s)
			}
		}
		if len(mine) == 0 {
			mine = []Submission{{Kind: None}}
		}
		if mine, err = pickAttempts(p.ID, mine, which); err != nil {
			return nil, err
		}
		for _, s := range mine {
			s.Student, s.Deadline = p.ID, p.Deadline
			all = append(all, s)
		}
	}
	var strays []Submission
	for _, s := range found {
		if !taken[s.Path] {
			s.Stray = true
			strays = append(strays, s)
		}
	}
	if strays, err = alone(strays, which); err != nil {
		return nil, err
	}
	all = append(all, strays...)
	slices.SortStableFunc(all, func(a, b Submission) int { return strings.Compare(a.Student, b.Student) })
	for i, s := range all {
		if i > 0 && s.Student == all[i-1].Student && s.Stray != all[i-1].Stray {
			return nil, fmt.Errorf("%s, which is nobody's on the roster, is called as somebody is", s.Path)
		}
	}
	return all, nil
}

// is reports whether a submission is called as a person is.
func (p Person) is(s Submission) bool {
	for _, name := range p.names() {
		if strings.EqualFold(name, s.Student) || name == s.Number {
			return true
		}
	}
	return p.Login != "" && strings.HasSuffix(repository(s), "-"+strings.ToLower(p.Login))
}

// names are what a person's submission may be called.
func (p Person) names() []string {
	return slices.DeleteFunc([]string{p.ID, p.Login, p.Name, p.Group, p.LMS}, func(name string) bool { return name == "" })
}

// repository is what GitHub calls a submission's, in lower case and without its branch.
func repository(s Submission) string {
	name := s.Student
	for _, branch := range []string{"-main", "-master"} {
		name = strings.TrimSuffix(name, branch)
	}
	return strings.ToLower(name)
}

// index finds submissions by all that they may be called, so that a course of a hundred
// thousand people need not be compared with as many submissions each.
type index map[string][]int

func byName(found []Submission) index {
	by := index{}
	for k, s := range found {
		names := []string{fold(s.Student), fold(s.Number), fold(s.named())}
		for rest := repository(s); ; {
			var ok bool
			if _, rest, ok = strings.Cut(rest, "-"); !ok {
				break
			}
			names = append(names, fold(rest))
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if name != "" {
				by[name] = append(by[name], k)
			}
		}
	}
	return by
}

// of are the submissions that may be a person's, in their order.
func (by index) of(p Person) []int {
	var all []int
	for _, name := range append(p.names(), p.Submission) {
		all = append(all, by[fold(name)]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fold makes one of names that are equal under case folding.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }
