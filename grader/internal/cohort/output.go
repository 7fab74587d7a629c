package cohort

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

// The names of what a teacher finds in a class's folder.
const (
	TableName   = "results.csv"
	PageName    = "index.html"
	StudentsDir = "students"
)

// Page writes a student's page for a browser; nil leaves pages out.
type Page func(w io.Writer, r *report.Report, title string) error

// Write writes the table, a JSON file and a page per student, and the class's page.
// The same book gives the same table, whatever machines graded when.
func (b *Book) Write(dir string, page Page) error {
	students := b.Students()
	if err := os.MkdirAll(filepath.Join(dir, StudentsDir), 0o755); err != nil {
		return fmt.Errorf("cannot write the class's results: %w", err)
	}
	for _, s := range students {
		r := report.New(s.Results)
		r.Seconds = s.Seconds
		name := filepath.Join(dir, StudentsDir, s.Name)
		if err := whole(name+".json", func(w io.Writer) error { return s.writeJSON(w, r) }); err != nil {
			return err
		}
		if page == nil {
			continue
		}
		if err := whole(name+".html", func(w io.Writer) error { return page(w, r, s.Name) }); err != nil {
			return err
		}
	}
	if err := whole(filepath.Join(dir, TableName), func(w io.Writer) error { return b.writeTable(w, students) }); err != nil {
		return err
	}
	return whole(filepath.Join(dir, PageName), func(w io.Writer) error { return b.writePage(w, students, page != nil) })
}

// whole writes a file so that nobody ever sees a part of it.
func whole(name string, write func(io.Writer) error) error {
	var buffer bytes.Buffer
	if err := write(&buffer); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".lockstep-")
	if err != nil {
		return fmt.Errorf("cannot write the class's results: %w", err)
	}
	defer os.Remove(f.Name()) // gone after the rename
	_, err = f.Write(buffer.Bytes())
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("cannot write the class's results: %w", err)
	}
	return nil
}

func (s Student) writeJSON(w io.Writer, r *report.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Student string         `json:"student"`
		Version string         `json:"version,omitempty"`
		Status  string         `json:"status"`
		Report  *report.Report `json:"report"`
	}{s.Name, s.Version, s.Status, r})
}

// writeTable writes one row per student: what the grades are, and nothing that
// another run would have otherwise.
func (b *Book) writeTable(w io.Writer, students []Student) error {
	c := csv.NewWriter(w)
	head := []string{"student", "status", "points", "max", "version"}
	for _, e := range b.Header.Exercises {
		head = append(head, e.ID)
	}
	_ = c.Write(head) // Error, below, tells
	for _, s := range students {
		row := []string{cell(s.Name), s.Status, strconv.Itoa(s.Points), strconv.Itoa(s.Max), s.Version}
		for _, e := range b.Header.Exercises {
			text := ""
			if r, ok := s.ByExercise[e.ID]; ok {
				if text = strconv.Itoa(r.Points); r.Status == judge.Error {
					text = "error"
				}
			}
			row = append(row, text)
		}
		_ = c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// cell keeps a spreadsheet from taking a student's name for a formula.
func cell(text string) string {
	if strings.HasPrefix(text, "=") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") || strings.HasPrefix(text, "@") {
		return "'" + text
	}
	return text
}

// Merge writes a journal that holds what counts of the book, in order: the same
// books give the same bytes, and merging what was merged changes nothing.
func (b *Book) Merge(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	return whole(filepath.Join(dir, folder, "merged.jsonl"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		if err := e.Encode(b.Header); err != nil {
			return err
		}
		for _, l := range b.Lines() {
			if err := e.Encode(l); err != nil {
				return err
			}
		}
		return nil
	})
}
