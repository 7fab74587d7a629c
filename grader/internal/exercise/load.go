package exercise

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// FileName is the name of an exercise's declaration in its folder.
const FileName = "exercise.yaml"

// idForm is what an exercise's folder is called: its place in the order, then
// its name.
var idForm = form(`^` + numberPattern + `-[a-z0-9]+(-[a-z0-9]+)*$`)

// Parse reads the text of an exercise file. It does not look at other files, so that it can
// include none. The error is an Errors.
func Parse(file string, text []byte) (*Exercise, error) { return ParseIn(nil, file, text) }

// ParseIn is Parse where files of the course's folder can be included.
func ParseIn(course fs.FS, file string, text []byte) (*Exercise, error) {
	return parse(file, text, course, nil)
}

func parse(file string, text []byte, course fs.FS, open opener) (*Exercise, error) {
	d, e := newDecoder(file, text, "the exercise"), &Exercise{}
	d.shared, d.open = course, open
	if !d.document(text, e, "title, topic, goal and so on (see `grader new`)") {
		return nil, d.errors
	}
	if !d.lost {
		d.validate(e)
	}
	if len(d.errors) > 0 {
		return nil, d.all()
	}
	e.Included = d.files
	return e, nil
}

// Load reads the exercise in dir and checks that the files it names are there.
// The error is an Errors, or an *os.PathError when the folder can't be read.
func Load(dir string) (*Exercise, error) {
	file := filepath.Join(dir, FileName)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read exercise: %w", err)
	}
	e, err := parse(file, text, os.DirFS(filepath.Dir(filepath.Dir(dir))), func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) })
	if err != nil {
		return nil, err
	}
	e.ID, e.Dir = filepath.Base(dir), dir
	var es Errors
	missing := func(name, why string) {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			es = append(es, Error{Pos{file, 1, 1}, fmt.Sprintf("%s: there is no file %s", why, name)})
		}
	}
	if !idForm().MatchString(e.ID) {
		es = append(es, Error{Pos{file, 1, 1}, fmt.Sprintf("the folder %q is not named like 07-the-old-way: two digits, or three from 100 on, then lower-case words", e.ID)})
	}
	for _, f := range e.Support { // those to edit are a student's, who may have renamed one
		missing(f, "support")
	}
	for _, name := range e.Programs {
		missing(ProgramFile(name), "programs")
	}
	for _, c := range e.Checks {
		if c.StdoutFile != "" {
			missing(c.StdoutFile, "stdout_file")
		}
		if c.Script != nil {
			for _, f := range c.Script.reads {
				missing(f, fmt.Sprintf("check %q: script", c.Name))
			}
		}
	}
	if len(es) > 0 {
		return nil, es.sorted()
	}
	e.texts, err = loadTexts(dir, FileName, func(file string, text []byte) (*Texts, error) { return parseTexts(file, text, e) })
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Left says where a file still has to be written; empty where nothing says TODO.
func Left(file string, text []byte) string {
	before, _, found := bytes.Cut(text, []byte("TODO"))
	if !found {
		return ""
	}
	return fmt.Sprintf("%s:%d: there is a TODO left", file, 1+bytes.Count(before, []byte("\n")))
}

// IDs lists the exercises below root ("exercises"), in the course's order, without
// reading them: every folder is one.
func IDs(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot read the course: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if entry.IsDir() {
			ids = append(ids, entry.Name())
		}
	}
	if len(ids) == 0 {
		found := root + " holds no exercise"
		if err != nil {
			found = "there is no folder " + root
		}
		return nil, fmt.Errorf("cannot read the course: %s; grader new --course %s NAME writes the first exercise of a course", found, filepath.Dir(root))
	}
	slices.SortFunc(ids, Order)
	return ids, nil
}

// Empty reports whether there is no exercise below root, or no such folder.
func Empty(root string) bool {
	entries, err := os.ReadDir(root)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !slices.ContainsFunc(entries, fs.DirEntry.IsDir)
}

// LoadThese reads some exercises of a course. All errors of all of them and of the course's
// own file come back at once, as an Errors; those of other exercises are nobody's business
// here.
func LoadThese(root string, ids []string) ([]*Exercise, error) {
	course, err := loadCourse(root)
	all, errs := make([]*Exercise, len(ids)), make([]error, len(ids), len(ids)+1)
	var reading sync.WaitGroup
	for i, id := range ids {
		reading.Go(func() { all[i], errs[i] = Load(filepath.Join(root, id)) })
	}
	reading.Wait()
	var es Errors
	for _, err := range append(errs, err) {
		var own Errors
		if errors.As(err, &own) {
			es = append(es, own...)
		} else if err != nil {
			return nil, err
		}
	}
	if len(es) > 0 {
		return nil, es.sorted()
	}
	place, now := Place(filepath.Dir(root)), time.Now()
	for _, e := range all {
		e.Course, e.Place = course, place
		e.reveal(now)
	}
	return all, nil
}

// LoadAll reads every exercise of a course, in its order.
func LoadAll(root string) ([]*Exercise, error) {
	ids, err := IDs(root)
	if err != nil {
		return nil, err
	}
	var es Errors
	for i := 1; i < len(ids); i++ {
		if a, b := ids[i-1], ids[i]; numberOf(a) == numberOf(b) {
			es = append(es, Error{Pos{filepath.Join(root, b, FileName), 1, 1}, fmt.Sprintf("number %s is taken by %s", numberOf(b), a)})
		}
	}
	all, err := LoadThese(root, ids)
	var more Errors
	if errors.As(err, &more) {
		es = append(es, more...)
	} else if err != nil {
		return nil, err
	}
	if len(es) > 0 {
		return nil, es.sorted()
	}
	return all, nil
}
