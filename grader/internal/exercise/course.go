package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// CourseFile is the name of a course's declaration, which stands beside its exercises.
const CourseFile = "course.yaml"

// Course is what a course says of itself as a whole.
type Course struct {
	// The course's name, as students read it.
	Title string `yaml:"title" need:"yes"`
	// Its parts, in the order of the exercises: each ends where the next one begins.
	Chapters []Chapter `yaml:"chapters" need:"yes"`
	// The most that failures tell those whom the course marks: "full", "kinds" or "none".
	// The students' repository, where they mark themselves, has it not.
	Detail Detail `yaml:"detail"`
	// From when on nothing is hidden: a time with its zone, such as
	// 2026-12-24T18:00:00+01:00. An exercise can have its own.
	Reveal Moment `yaml:"reveal"`

	texts map[string]*CourseTexts // in other languages
}

// Chapter is a part of a course.
type Chapter struct {
	// The chapter's name, as students read it.
	Title string `yaml:"title" need:"yes"`
	// What is learnt in it, in one sentence.
	About string `yaml:"about" need:"yes"`
	// Its first exercise, by its folder's name or its number: 10-lost-updates, 10.
	Begins string `yaml:"begins" need:"yes"`
}

// parseCourse reads the text of a course's file, whose exercises have these folders, in
// order. The error is an Errors.
func parseCourse(file string, text []byte, ids []string) (*Course, error) {
	d, c := newDecoder(file, text, "the course"), &Course{}
	if !d.document(text, c, "title and chapters") {
		return nil, d.errors
	}
	d.shortText(&c.Title, "title")
	if _, given := d.places[&c.Chapters]; given && len(c.Chapters) == 0 {
		d.at(&c.Chapters, "chapters is empty; name one, or remove the file: a course needs none")
	}
	for i := range c.Chapters {
		d.validateChapter(c, i, ids)
	}
	if len(d.errors) > 0 {
		return nil, d.errors.sorted()
	}
	return c, nil
}

// validateChapter finds a chapter's first exercise, and wants chapters to hold all exercises
// and at least one each.
func (d *decoder) validateChapter(c *Course, i int, ids []string) {
	chapter, where := &c.Chapters[i], fmt.Sprintf("chapters[%d]", i+1)
	for _, text := range []struct {
		of  *string
		key string
	}{{&chapter.Title, ".title"}, {&chapter.About, ".about"}} {
		d.shortText(text.of, where+text.key)
	}
	if _, given := d.places[&chapter.Begins]; !given {
		return
	}
	id := Named(chapter.Begins, ids)
	if id == "" {
		help := "name the first that the chapter holds"
		if near, ok := Nearest(chapter.Begins, ids); ok {
			help = "did you mean " + near + "?"
		}
		d.at(&chapter.Begins, "%s.begins: there is no exercise %q; %s", where, chapter.Begins, help)
		return
	}
	chapter.Begins = id
	if i == 0 {
		if id != ids[0] {
			d.at(&chapter.Begins, "%s.begins: %s stands before it, and so in no chapter; let the first chapter begin there", where, ids[0])
		}
		return
	}
	switch last := &c.Chapters[i-1]; {
	case !slices.Contains(ids, last.Begins): // which has its own error
	case id == last.Begins:
		d.at(&chapter.Begins, "%s.begins: %q begins with %s too, so that it has no exercise; let one begin later, or remove it", where, last.Title, id)
	case Order(id, last.Begins) < 0:
		d.at(&chapter.Begins, "%s.begins: %q, above, begins later, with %s; chapters stand in the order of their exercises", where, last.Title, last.Begins)
	}
	for _, other := range c.Chapters[:i] {
		if other.Title == chapter.Title {
			d.at(&chapter.Title, "%s.title: another chapter is called %q too", where, chapter.Title)
		}
	}
}

// Named is which of some exercises is named by its folder or by its number; empty: none is.
func Named(name string, ids []string) string {
	for _, id := range ids {
		if number := numberOf(id); name == id || name == number || "0"+name == number {
			return id
		}
	}
	return ""
}

// loadCourse reads what the course below root ("exercises") says of itself; nil: nothing.
// The error is an Errors where its file is wrong.
func loadCourse(root string) (*Course, error) {
	file := filepath.Join(root, CourseFile)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the course: %w", err)
	}
	ids, err := IDs(root)
	if err != nil {
		return nil, err
	}
	c, err := parseCourse(file, text, ids)
	if err != nil {
		return nil, err
	}
	c.texts, err = loadTexts(root, CourseFile, func(file string, text []byte) (*CourseTexts, error) { return parseCourseTexts(file, text, c) })
	return c, err
}

// Chapter is the part of the course that the exercise is in; zero: the course has no parts.
func (e *Exercise) Chapter() (found Chapter) {
	if e.Course == nil {
		return found
	}
	for _, c := range e.Course.Chapters {
		if Order(c.Begins, e.ID) <= 0 {
			found = c
		}
	}
	return found
}
