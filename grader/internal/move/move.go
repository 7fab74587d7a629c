// Package move gives exercises of a course other numbers. In go a course's folder, an
// exercise and the number that it shall have; out comes a Plan of what is renamed, what is
// written anew, and where a person has to look. It is done as a whole, or not at all.
package move

import (
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
	"lockstep/grader/internal/usage"
)

// Plan is what a move comes to. Names are slash-separated and count from the course's folder.
type Plan struct {
	IDs     map[string]string // of those that are renamed, the new one
	Renames [][2]string       // folders: from, to
	Edits   []Edit            // in the order of their files
	Look    []Line            // for a person
	Chapter string            // that the exercise is in then; empty: the course has none

	course string
}

// Edit is a file whose text changes.
type Edit struct {
	File     string // as it is called when all is renamed
	Lines    []int  // that change, from 1
	old, new []byte
}

// Line is a line of a file that may speak of an exercise which has another number then.
type Line struct {
	File string // as it is called when all is renamed
	Line int    // from 1; 0: the file or folder is called so
}

// folders are those in which exercises have folders of their own.
var folders = []string{"exercises", "solutions"}

// New plans to give an exercise a number. Where that is taken, those between the two numbers
// make room: up to the first that is free. Wrong wishes and a folder that is not as git has
// it are errors of usage. Nothing is changed.
func New(ctx context.Context, course, id string, number int) (*Plan, error) {
	if number < 1 || number > 999 {
		return nil, usage.Errorf("cannot move %s to %d: numbers are 1 to 999", id, number)
	}
	exercises, err := exercise.LoadAll(filepath.Join(course, "exercises"))
	if err != nil {
		return nil, &usage.Error{Err: err}
	}
	if err := clean(ctx, course); err != nil {
		return nil, err
	}
	p := &Plan{course: course}
	if p.IDs, err = renumbered(exercises, id, number); err != nil {
		return nil, err
	}
	for _, from := range slices.SortedFunc(maps.Keys(p.IDs), exercise.Order) {
		for _, folder := range folders {
			if there(filepath.Join(course, folder, from)) {
				p.Renames = append(p.Renames, [2]string{path.Join(folder, from), path.Join(folder, p.IDs[from])})
			}
		}
	}
	begins, err := p.chapters(exercises, id)
	if err != nil {
		return nil, err
	}
	return p, p.readTexts(ctx, begins)
}

// clean refuses folders that are not as git has them: what goes wrong could not be told from
// what was there.
func clean(ctx context.Context, course string) error {
	said, why, err := git.Own(course).Ask(ctx, nil, append([]string{"status", "--porcelain", "--untracked-files=all", "--"}, folders...)...)
	switch {
	case err != nil:
		return err
	case why != "":
		return usage.Errorf("cannot move exercises of %s: %s; put the course under git first", course, why)
	case len(said) > 0:
		first, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
		return usage.Errorf("cannot move exercises of %s: exercises or solutions hold what is not committed (%s); commit or stash it first", course, strings.TrimSpace(first))
	}
	return nil
}

// renumbered are the folders that get another name.
func renumbered(exercises []*exercise.Exercise, id string, number int) (map[string]string, error) {
	taken := map[int]string{}
	own := 0
	for _, e := range exercises {
		n, err := strconv.Atoi(e.Number())
		if err != nil {
			return nil, usage.Errorf("cannot move exercises: %s has no number", e.ID)
		}
		taken[n] = e.ID
		if e.ID == id {
			own = n
		}
	}
	if own == number {
		return nil, usage.Errorf("%s has that number already", id)
	}
	step := 1
	if number > own {
		step = -1
	}
	ids := map[string]string{}
	for n, moved := number, id; moved != ""; n += step {
		_, name, _ := strings.Cut(moved, "-")
		ids[moved] = fmt.Sprintf("%02d-%s", n, name)
		if moved = taken[n]; n == own {
			break // whoever was here is the first that moved
		}
	}
	return ids, nil
}

// chapters are where chapters begin then, by their places in the course; none where it has
// no chapters. One whose first exercise leaves begins with the next.
func (p *Plan) chapters(exercises []*exercise.Exercise, id string) ([]string, error) {
	course := exercises[0].Course
	if course == nil {
		return nil, nil
	}
	ids := make([]string, len(exercises))
	for i, e := range exercises {
		ids[i] = e.ID
	}
	then := make([]string, len(ids))
	for i := range ids {
		then[i] = p.to(ids[i])
	}
	first := slices.MinFunc(then, exercise.Order)
	var begins []string
	for i, c := range course.Chapters {
		begin := c.Begins
		if begin == id {
			next := slices.Index(ids, id) + 1
			if next == len(ids) || i+1 < len(course.Chapters) && course.Chapters[i+1].Begins == ids[next] {
				return nil, usage.Errorf("cannot move %s: it is all of the chapter %q; let that begin with another, or take it out of exercises/%s first", id, c.Title, exercise.CourseFile)
			}
			begin = ids[next]
		}
		if begin = p.to(begin); i == 0 {
			begin = first
		}
		begins = append(begins, begin)
		if exercise.Order(begin, p.to(id)) <= 0 {
			p.Chapter = c.Title
		}
	}
	return begins, nil
}

// to is what an exercise is called then.
func (p *Plan) to(id string) string {
	if to := p.IDs[id]; to != "" {
		return to
	}
	return id
}
