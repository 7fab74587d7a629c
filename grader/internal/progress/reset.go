package progress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

// Reset throws a student's work on one exercise away, but for a copy.
type Reset struct {
	exercise *exercise.Exercise
	now      map[string][]byte // its files as they are: the student's, and the course's beside them
	starter  map[string][]byte // … and as they were handed out
	kept     string            // the folder that the copy goes to
}

// NewReset finds out how an exercise's files were handed out: as they were when the
// course last changed its exercise.yaml, a file that is no student's to edit. Later
// commits may hold the student's work.
func NewReset(ctx context.Context, course, state string, e *exercise.Exercise) (*Reset, error) {
	folder := "exercises/" + e.ID
	course, err := filepath.Abs(course)
	if err != nil {
		return nil, err
	}
	said, why, err := git.Own(course).Ask(ctx, nil, "log", "-1", "--no-merges", "--format=%H", "--", folder+"/exercise.yaml")
	if err != nil {
		return nil, err
	}
	commit := strings.TrimSpace(string(said))
	if why != "" || commit == "" {
		return nil, usage.Errorf("cannot tell how %s was handed out: this folder is no git clone of the course. Take the file from a fresh copy of the course", e.ID)
	}
	r := &Reset{exercise: e, now: map[string][]byte{}, starter: map[string][]byte{}}
	for _, name := range slices.Concat(e.Edit, e.Support) {
		switch text, err := os.ReadFile(filepath.Join(e.Dir, name)); {
		case err == nil:
			r.now[name] = text
		case !errors.Is(err, fs.ErrNotExist):
			return nil, usage.Errorf("cannot read %s/%s, so no copy of it could be kept: %w; nothing was changed", folder, name, err)
		}
		text, why, err := git.Own(course).Ask(ctx, nil, "show", commit+":./"+folder+"/"+name)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return nil, fmt.Errorf("cannot tell how %s/%s was handed out: %s", folder, name, why)
		}
		r.starter[name] = text
	}
	r.kept = filepath.Join(state, "kept", e.ID, time.Now().Format("2006-01-02T15-04-05.000"))
	return r, nil
}

// Changed are the files that a reset would change, by name.
func (r *Reset) Changed() []string {
	var names []string
	for name, text := range r.starter {
		if now, ok := r.now[name]; !ok || !bytes.Equal(now, text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Question is what the student is asked before.
func (r *Reset) Question() string {
	return fmt.Sprintf("Throw away what you changed in %s of %s? A copy is kept.", strings.Join(r.Changed(), ", "), submission.Shown(r.exercise.Dir))
}

// Told says what was done.
func (r *Reset) Told() string {
	return fmt.Sprintf("%s is as it was handed out; your work is kept in %s", r.exercise.ID, submission.Shown(r.kept))
}

// Do keeps the copy, and only then writes. That it may not write somewhere is for its
// caller to mend.
func (r *Reset) Do() error {
	for _, name := range slices.Sorted(maps.Keys(r.now)) {
		copied := filepath.Join(r.kept, name)
		err := os.MkdirAll(filepath.Dir(copied), 0o755)
		if err == nil {
			err = os.WriteFile(copied, r.now[name], 0o644)
		}
		if err != nil {
			return usage.Errorf("cannot keep a copy of your work, so nothing was changed: %w; set LOCKSTEP_STATE to a folder that you may write to", err)
		}
	}
	for _, changed := range r.Changed() {
		name := filepath.Join(r.exercise.Dir, changed)
		if err := scratch.ReplaceText(name, 0o644, r.starter[changed]); err != nil {
			return usage.Errorf("cannot write %s: %w; see to it that you may, and reset again; your work is kept in %s", submission.Shown(name), err, submission.Shown(r.kept))
		}
	}
	return nil
}
