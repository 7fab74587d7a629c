// Package progress remembers how far a student is: what passed, what was skipped,
// which hints were given. In goes a folder, out comes what a file there says. The
// file is a convenience: whoever deletes or damages it loses nothing but that.
package progress

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/scratch"
)

// fileName is the file's name in the state folder.
const fileName = "progress.json"

const version = 1

// Progress is what is remembered of a course.
type Progress struct {
	Version   int                  `json:"version"`
	Current   string               `json:"current,omitempty"` // the exercise that watch was last at
	Exercises map[string]*Exercise `json:"exercises"`
}

// Exercise is what is remembered of one exercise.
type Exercise struct {
	Skipped bool   `json:"skipped,omitempty"` // put off by the student
	Passed  string `json:"passed,omitempty"`  // hash of the files that passed; empty: none did

	// Unchecked is the hash of files with which nothing is wrong that the machine could
	// tell; empty: there are none.
	Unchecked string `json:"unchecked,omitempty"`

	Failed string         `json:"failed,omitempty"` // the check that failed at the last marking; empty: none did
	Ladder []int          `json:"ladder,omitempty"` // numbers of the hints about that
	Given  map[int]string `json:"given,omitempty"`  // hints given so far, by number: hash of the files that were there

	Shown *Shown `json:"shown,omitempty"` // the failing interleaving that a report showed last; nil: none has
}

// Shown is an interleaving that fails, as it is run again.
type Shown struct {
	Check    string `json:"check"`
	Schedule string `json:"schedule"`
	Seed     uint64 `json:"seed"`
}

// Of returns an exercise's part, to be read or changed.
func (p *Progress) Of(id string) *Exercise {
	if p.Exercises[id] == nil {
		p.Exercises[id] = &Exercise{}
	}
	return p.Exercises[id]
}

// Load reads what is remembered. A file that is missing, damaged or of another
// version is no error: nothing is remembered then.
func Load(dir string) *Progress {
	empty := &Progress{Version: version, Exercises: map[string]*Exercise{}}
	text, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		return empty
	}
	var p Progress
	if json.Unmarshal(text, &p) != nil || p.Version != version || p.Exercises == nil {
		return empty
	}
	for id, e := range p.Exercises {
		if e == nil {
			delete(p.Exercises, id)
		}
	}
	return &p
}

// Update changes what is remembered. Two graders at once, one in each of two
// terminals, lose no update: the file is locked from the read to the write.
func Update(dir string, change func(*Progress)) error {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		var unlock func()
		if unlock, err = lock(filepath.Join(dir, fileName+".lock")); err == nil {
			defer unlock()
			p := Load(dir)
			change(p)
			var text []byte
			if text, err = json.MarshalIndent(p, "", "  "); err == nil {
				err = scratch.ReplaceText(filepath.Join(dir, fileName), 0o600, append(text, '\n'))
			}
		}
	}
	if err != nil {
		return fmt.Errorf("cannot remember progress: %w", err)
	}
	return nil
}

// lock waits until no other grader holds the lock file.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		if err = unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil // closing gives it back
}
