// Package site makes a course's pages for a teacher's own site. In go a course's folder and
// its exercises; out come Pages: the map of the course, a page for each exercise, the words
// of a verdict, the reference and the library, as students may see them, with a search over
// all. They ask nobody for anything, and lie below any address. The same course gives the
// same bytes. A link that leads nowhere is an error.
package site

import (
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/reference"
	"lockstep/grader/internal/usage"
)

// Pages are files by their names, all in one folder.
type Pages map[string][]byte

// Names of the pages that are not of an exercise.
const (
	mapPage       = "index.html"
	wordsPage     = "words.html"
	referencePage = "reference.html"
	libraryPage   = "mp.html"
)

// site is what is made.
type site struct {
	course string // its folder
	pages  []*page
	of     map[string]place // of files, by their names from there: "exercises/10-lost-updates/README.md"
	read   map[string]*text // of those that links lead to
}

// page is one of them.
type page struct {
	Name, Title   string
	Course        string
	Before, After *page // of an exercise
	Task          *task // that it is of; nil: of none
	Chapters      []chapter
	Harmless      string // packages, on the map
	Body          template.HTML

	*text
}

// chapter is a part of the map.
type chapter struct {
	exercise.Chapter
	ID    string
	Pages []*page
}

// New makes the pages of a course. The error holds all links that lead nowhere, each with
// its file and line.
func New(course string, exercises []*exercise.Exercise) (Pages, error) {
	s := &site{course: course, of: map[string]place{}, read: map[string]*text{}}
	if err := s.collect(exercises); err != nil {
		return nil, fmt.Errorf("cannot make the pages: %w", err)
	}
	var errs []error
	for _, p := range s.pages {
		errs = append(errs, s.resolve(p)...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, &usage.Error{Err: err}
	}
	return s.render()
}

// Write makes the pages of a course, has a folder hold them, whole or not at all, and returns
// how many files these are. What the folder held before must be such pages, as they were
// written. The error is a usage.Error where the course or the folder is not as it must be.
func Write(course string, exercises []*exercise.Exercise, dir string) (int, error) {
	pages, err := New(course, exercises)
	if err != nil {
		return 0, err
	}
	return len(pages), pages.Write(dir)
}

// collect makes the pages and reads what they say.
func (s *site) collect(exercises []*exercise.Exercise) error {
	said, err := reference.New(exercises)
	if err != nil {
		return err
	}
	library, err := document(filepath.Join(s.course, "mp"))
	if err != nil {
		return err
	}
	top := s.add(mapPage, "Lockstep", parse("", nil, importsID), "README.md", ".", "exercises")
	top.Harmless = exercise.Harmless("")
	if c := exercises[0].Course; c != nil {
		top.Title = c.Title
	}
	var before *page
	for _, e := range exercises {
		p, err := s.exercise(e)
		if err != nil {
			return err
		}
		if p.Before = before; before != nil {
			before.After = p
		}
		before = p
		at := chapter{Chapter: e.Chapter(), ID: "exercises"}
		if at.Begins != "" {
			at.ID = "from-" + at.Begins
		}
		if n := len(top.Chapters); n == 0 || at.ID != top.Chapters[n-1].ID {
			top.Chapters = append(top.Chapters, at)
		}
		last := &top.Chapters[len(top.Chapters)-1]
		last.Pages = append(last.Pages, p)
	}
	s.add(wordsPage, "Words of a verdict", parse("the words of a verdict", []byte(said.Glossary())))
	s.add(referencePage, "Reference", parse("the reference", []byte(said.Said())))
	s.add(libraryPage, exercise.Library, parse("the library's documentation", library), "mp")
	for _, p := range s.pages {
		p.Course = top.Title
	}
	return nil
}

// exercise adds the page of one.
func (s *site) exercise(e *exercise.Exercise) (*page, error) {
	t, err := newTask(e)
	if err != nil {
		return nil, err
	}
	folder := "exercises/" + e.ID
	name := folder + "/README.md"
	readme, err := os.ReadFile(filepath.Join(e.Dir, "README.md"))
	if err != nil {
		return nil, &usage.Error{Err: fmt.Errorf("%s has no text: %w", e.ID, err)}
	}
	ids := []string{goalID, ideaID, checksID}
	for _, f := range t.Files {
		ids = append(ids, f.ID)
	}
	p := s.add(e.ID+".html", e.Title, parse(name, e.TellRules(readme), ids...), folder, name)
	for _, f := range t.Files {
		s.of[folder+"/"+f.Name] = place{p, f.ID}
	}
	p.Task, s.read[name] = t, p.text
	return p, nil
}

// add adds a page of what has these names in the course's folder.
func (s *site) add(name, title string, says *text, shows ...string) *page {
	p := &page{Name: name, Title: title, text: says}
	s.pages = append(s.pages, p)
	for _, of := range shows {
		s.of[of] = place{p, ""}
	}
	return p
}
