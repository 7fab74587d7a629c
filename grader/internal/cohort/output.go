package cohort

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/scratch"
)

// The names of what a teacher finds in a class's folder.
const (
	TableName   = "results.csv"
	ChangesName = "changes.csv" // where there are earlier results
	PageName    = "index.html"
	StudentsDir = "students"
)

// Write writes the table, a JSON file and a page per student, and the class's page, which
// is the teacher's: it tells all, and students' files what they may know now. The same book gives the same table, whatever machines graded when. Changes are those
// since earlier results, of which there is a table too where they are not nil. When the
// context ends, so does this.
func (b *Book) Write(ctx context.Context, dir string, changes []Change) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write the class's results: %w", err)
		}
	}()
	students, now := b.Students(), time.Now()
	if err := os.MkdirAll(filepath.Join(dir, StudentsDir), 0o755); err != nil {
		return err
	}
	for i := range students {
		if err := ctx.Err(); err != nil {
			return err
		}
		files, err := b.files(students[i], now)
		if err != nil {
			students[i] = b.broke(students[i], err)
			files, err = b.files(students[i], now)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", students[i].Name, err)
		}
		for end, text := range files {
			if err := scratch.ReplaceText(filepath.Join(dir, StudentsDir, fileOf(students[i].Name)+end), 0o644, text); err != nil {
				return err
			}
		}
	}
	var table, class bytes.Buffer
	if err := errors.Join(b.writeTable(&table, students), b.writePage(&class, students, changes)); err != nil {
		return err
	}
	if changes != nil {
		rows := [][]string{{"student", "exercise", "old", "new", "what", "why"}}
		for _, c := range changes {
			rows = append(rows, []string{c.Student, c.Exercise, c.Old, c.New, c.What, c.Why})
		}
		if err := WriteTable(filepath.Join(dir, ChangesName), rows); err != nil {
			return err
		}
	}
	return errors.Join(scratch.ReplaceText(filepath.Join(dir, TableName), 0o644, table.Bytes()), scratch.ReplaceText(filepath.Join(dir, PageName), 0o644, class.Bytes()))
}

// files are the texts of a student's files, by the ends of their names.
func (b *Book) files(s Student, now time.Time) (map[string][]byte, error) {
	results := make([]judge.Result, len(s.Results))
	for i, r := range s.Results {
		results[i] = r.Tell(now, b.Header.Detail)
	}
	r := report.New(results)
	r.Seconds, r.Grader, r.Course = s.Seconds, b.Header.By, b.Header.Title
	var data, shown bytes.Buffer
	if err := s.writeJSON(&data, r); err != nil {
		return nil, err
	}
	if err := r.WriteHTML(&shown); err != nil {
		return nil, err
	}
	return map[string][]byte{".json": data.Bytes(), ".html": shown.Bytes()}, nil
}

// broke makes errors of a student's results that can't be written, so that the
// others' are.
func (b *Book) broke(s Student, why error) Student {
	for _, r := range s.Results {
		k := key{s.Name, r.Exercise, b.counting(s.Name)}
		l := b.lines[k]
		l.Result = judge.Result{
			Exercise: r.Exercise, Title: r.Title, Topic: r.Topic, Chapter: r.Chapter, Status: judge.Error, Max: r.Max,
			Checks: []judge.Verdict{{Check: "report", Status: judge.Error, Message: "the grader broke: cannot write the result: " + why.Error()}},
		}
		b.lines[k] = l
	}
	return b.student(s.Name)
}

// fileOf names a student's files: by the student, but for what file systems and
// addresses don't take as a part of a name.
func fileOf(student string) string {
	const most = 120
	if len(student) <= most && !strings.ContainsAny(student, `\/:*?"<>|%#`) && strings.Trim(student, ".") != "" {
		return student
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' {
			return r
		}
		return '_'
	}, student)
	sum := sha256.Sum256([]byte(student))
	return strings.ToValidUTF8(plain[:min(len(plain), most)], "") + "-" + hex.EncodeToString(sum[:6])
}

func (s Student) writeJSON(w io.Writer, r *report.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Student string         `json:"student"`
		Version string         `json:"version,omitempty"`
		Status  string         `json:"status"`
		Time    time.Time      `json:"time,omitzero"`
		Late    string         `json:"late,omitempty"`
		Lost    float64        `json:"lost,omitempty"` // points, by being late
		Attempt string         `json:"attempt,omitempty"`
		Report  *report.Report `json:"report"`
	}{s.Name, s.Version, s.Status, s.Time, s.Late, s.Lost, s.Attempt, r})
}

// writeTable writes one row per student: what the grades are, and nothing that
// another run would have otherwise.
func (b *Book) writeTable(to *bytes.Buffer, students []Student) error {
	head := []string{"student"}
	if len(b.Header.People) > 0 {
		head = append(head, "name", "lms_id", "section", "group")
	}
	head = append(head, "status", "points", "max", "not_checked", "commit", "time", "late", "lost", "attempt", "tier", "course")
	for _, e := range b.Header.Exercises {
		head = append(head, e.ID)
	}
	rows := [][]string{head}
	for _, s := range students {
		row := []string{s.Name}
		if len(b.Header.People) > 0 {
			p := b.person(s.Name)
			row = append(row, p.Name, p.LMS, p.Section, p.Group)
		}
		row = append(row, s.Status, strconv.Itoa(s.Points), strconv.Itoa(s.Max), strconv.Itoa(s.NotChecked), s.Version, moment(s.Time), s.Late, lost(s), s.Attempt, string(s.Tier), b.Header.Version)
		for _, e := range b.Header.Exercises {
			text := ""
			if r, ok := s.ByExercise[e.ID]; ok {
				if text = strconv.Itoa(r.Points); r.Status == judge.Error {
					text = "error"
				}
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return writeRows(to, rows)
}

// lost are the points that late work loses in a table; empty for none.
func lost(s Student) string {
	if s.Lost == 0 {
		return ""
	}
	return figure(s.Lost)
}

// moment is a time in a table; empty where it is not known.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Merge writes a journal that holds what counts of the book, in order: the same
// books give the same bytes, and merging what was merged changes nothing.
func (b *Book) Merge(dir string) error {
	err := os.MkdirAll(filepath.Join(dir, folder), 0o755)
	if err == nil {
		err = scratch.Replace(filepath.Join(dir, folder, "merged.jsonl"), 0o644, func(f *os.File) error {
			to := bufio.NewWriter(f)
			e := json.NewEncoder(to)
			err := e.Encode(b.Header)
			for _, l := range b.Lines() {
				err = errors.Join(err, e.Encode(l))
			}
			return errors.Join(err, to.Flush())
		})
	}
	if err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	return nil
}
