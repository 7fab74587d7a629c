package cohort

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

// Header is the first line of a journal: what its results are of. Journals whose
// headers differ in what was graded, or by what, don't belong together.
type Header struct {
	Lockstep  string     `json:"lockstep"`          // "journal/v1"
	Course    string     `json:"course"`            // the fingerprint of the course that graded
	Version   string     `json:"version,omitempty"` // of the course, as "grader version" tells it
	Title     string     `json:"title,omitempty"`   // the course's, where it has one
	By        string     `json:"by,omitempty"`      // which grader and course these are, for a person
	Seed      uint64     `json:"seed"`              // that was asked for; 0: each result names its own
	At        string     `json:"at"`                // the time at which repositories were taken; may be empty
	Exercises []Exercise `json:"exercises"`
	Roster    []string   `json:"roster"`           // everybody, not only this shard's
	People    []Person   `json:"people,omitempty"` // what the teacher's roster says of them

	// What stands here may change without anything being graded again: what was made last
	// counts of several journals.
	Made     time.Time        `json:"made,omitzero"`
	Rules    Rules            `json:"rules,omitzero"`
	Detail   exercise.Detail  `json:"detail,omitempty"`   // how much of failures students' files tell; empty: as the course says
	Attempts map[string]Tries `json:"attempts,omitempty"` // of those who have several
}

// Exercise is what the books need to know of one.
type Exercise struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Max     int    `json:"max"`
	Chapter string `json:"chapter,omitempty"`
}

// Line is one result: one exercise of one student.
type Line struct {
	Student string       `json:"student"`
	Digest  string       `json:"digest"`            // of the files that were graded
	Version string       `json:"version,omitempty"` // the commit that they were taken from
	Time    time.Time    `json:"time,omitzero"`     // when they were committed; zero: not known
	Late    bool         `json:"late,omitempty"`    // the learning platform says so
	Attempt int          `json:"attempt,omitempty"` // of several, from 1
	Number  string       `json:"number,omitempty"`  // the learning platform's, of the student
	Odd     string       `json:"odd,omitempty"`     // what a person should know of how the submission was read
	Nothing bool         `json:"nothing,omitempty"` // it holds nothing of any exercise; Odd says what it does hold
	Graded  time.Time    `json:"graded"`
	Result  judge.Result `json:"result"`
}

// JournalForm is the form of the journals that this package writes and reads.
const JournalForm = "journal/v1"

// folder is where journals lie in a class's folder. Every process that grades
// writes one of its own and reads all: no two ever write to one file, whichever
// machines they are on, and what a killed one had written is found by the next.
const folder = "journal"

// Journal is the one that this process writes.
type Journal struct {
	file *os.File
}

// OpenJournal begins a journal in a class's folder.
func OpenJournal(dir string, h Header) (*Journal, error) {
	h.Lockstep = JournalForm
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
		return nil, fmt.Errorf("cannot write the journal: %w", err)
	}
	name := time.Now().UTC().Format("20060102T150405-") + rand.Text()[:8] + ".jsonl"
	file, err := os.OpenFile(filepath.Join(dir, folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot write the journal: %w", err)
	}
	j := &Journal{file}
	return j, j.append(h)
}

// Add writes a result down for good: when it returns, not even a machine that
// loses its power forgets it.
func (j *Journal) Add(l Line) error {
	if err := j.append(l); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	return nil
}

// ErrNoText is what Add fails with where the fault is the result's, not the disk's:
// it holds something that has no text, a number that is none for example.
var ErrNoText = errors.New("cannot write the result down")

// append writes a line in one piece: a killed process leaves at most one torn line,
// and only at the end.
func (j *Journal) append(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoText, err)
	}
	if _, err = j.file.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	return nil
}

// Close ends the journal. One that holds no result is removed.
func (j *Journal) Close() error { return j.file.Close() }

// Forget removes all journals of a class's folder.
func Forget(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, folder)); err != nil {
		return fmt.Errorf("cannot forget the journal: %w", err)
	}
	return nil
}

// Read reads all journals of the folders into one book, whatever their order. A
// folder without any is no error: nothing was graded there yet. Torn counts lines
// that were cut off in the middle of being written.
func Read(dirs ...string) (book *Book, torn int, err error) {
	book = &Book{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(escapeGlob(dir), folder, "*.jsonl"))
		if err != nil {
			return nil, 0, err
		}
		for _, name := range files {
			n, err := book.read(name)
			if err != nil {
				return nil, 0, err
			}
			torn += n
		}
	}
	return book, torn, nil
}

func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

func (b *Book) read(name string) (torn int, err error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // removed since it was listed
	}
	if err != nil {
		return 0, fmt.Errorf("cannot read the journal: %w", err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for first := true; ; first = false {
		text, err := r.ReadBytes('\n')
		whole := err == nil
		if err != nil && !errors.Is(err, io.EOF) {
			return torn, fmt.Errorf("cannot read the journal: %w", err)
		}
		switch {
		case len(bytes.TrimSpace(text)) == 0:
		case !whole:
			torn++
		case first:
			if err := b.head(name, text); err != nil {
				return torn, err
			}
		default:
			var l Line
			if json.Unmarshal(text, &l) != nil || l.Student == "" || l.Result.Exercise == "" {
				torn++
				break
			}
			b.Add(l)
		}
		if !whole {
			return torn, nil
		}
	}
}

func (b *Book) head(name string, text []byte) error {
	var h Header
	if err := json.Unmarshal(text, &h); err != nil || h.Lockstep != JournalForm {
		return fmt.Errorf("cannot read the journal: %s does not begin as one", name)
	}
	if b.Header.Lockstep == "" {
		b.Header = h
		b.Header.Roster = nil
	}
	if other := h; !b.Header.fits(other) {
		return fmt.Errorf("%s was graded otherwise; what differs: %s", name, other.differs(b.Header))
	}
	b.Enrol(h.Roster)
	if !h.Made.Before(b.Header.Made) {
		b.Header.Made, b.Header.People, b.Header.Rules, b.Header.Detail, b.Header.Attempts = h.Made, h.People, h.Rules, h.Detail, h.Attempts
	}
	return nil
}

// fits reports whether results under two headers may be put together.
func (h Header) fits(o Header) bool { return h.differs(o) == "" }

// differs says in which parts two headers are of different results; empty: in none.
func (h Header) differs(o Header) string {
	var parts []string
	if !slices.Equal(h.Exercises, o.Exercises) { // and with them the course
		parts = append(parts, fmt.Sprintf("the exercises (%s, not %s)", ids(h.Exercises), ids(o.Exercises)))
	} else if h.Course != o.Course {
		parts = append(parts, "the course (its exercises, solutions, library or grader have changed)")
	}
	if h.Seed != o.Seed {
		parts = append(parts, fmt.Sprintf("--seed (%d, not %d)", h.Seed, o.Seed))
	}
	if h.At != o.At {
		parts = append(parts, fmt.Sprintf("--at (%s, not %s)", cmp.Or(h.At, "none"), cmp.Or(o.At, "none")))
	}
	return strings.Join(parts, ", ")
}

func ids(exercises []Exercise) string {
	var names []string
	for i, e := range exercises {
		if i == mostShown {
			names = append(names, "…")
			break
		}
		names = append(names, e.ID)
	}
	return strings.Join(names, " ")
}
