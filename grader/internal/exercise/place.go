package exercise

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Home is the folder that a course's programs are built by: the nearest, from the course's
// own upwards, that has go.mod and the library mp. Several courses can lie in one home.
func Home(course string) (string, error) {
	if isHome(course) {
		return course, nil
	}
	dir, err := filepath.Abs(course)
	if err != nil {
		return "", fmt.Errorf("cannot find the library of the course %s: %w", course, err)
	}
	for !isHome(dir) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("cannot find the library of the course %s: neither it nor a folder above it has go.mod and mp; put the course into a clone of Lockstep", course)
		}
		dir = parent
	}
	return dir, nil
}

func isHome(dir string) bool {
	for _, name := range []string{"go.mod", "mp"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// Place is where a course lies in its home, slash-separated, as people name it by
// `make COURSE=…`. It is empty of a course that is all of its home, or has none.
func Place(course string) string {
	home, err := Home(course)
	if err != nil || home == course {
		return ""
	}
	if course, err = filepath.Abs(course); err != nil {
		return ""
	}
	place, err := filepath.Rel(home, course)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(place)
}

// ToHome leads from a course of that place to its home: "../../", or nothing.
func ToHome(place string) string {
	if place == "" {
		return ""
	}
	return strings.Repeat("../", 1+strings.Count(place, "/"))
}

// Typed is what people type behind make and a verb to mean the exercise: "EX=10", and its
// course.
func (e *Exercise) Typed() string { return "EX=" + e.Number() + e.CourseTyped() }

// CourseTyped is what people type more to mean the exercise's course in the language that
// was chosen. It begins with a space, or is empty.
func (e *Exercise) CourseTyped() string {
	if e.language == "" {
		return e.PlaceTyped()
	}
	return e.PlaceTyped() + " LANG=" + e.language
}

// PlaceTyped is that in whatever language: of a course that is all of its home, nothing.
func (e *Exercise) PlaceTyped() string {
	if e.Place == "" {
		return ""
	}
	return " COURSE=" + e.Place
}
