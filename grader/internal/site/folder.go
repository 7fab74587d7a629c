package site

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lockstep/grader/internal/usage"
)

// manifestName is the file by which a folder is known to hold these pages and no others: it
// has the sum of each.
const manifestName = ".site.json"

// Write makes a folder what the pages are, whole or not at all: they are written beside it
// and take its place. What it held before must be pages, as they were written. Where it can't
// be written to, the error is a usage.Error.
func (p Pages) Write(dir string) (err error) {
	defer func() {
		if err != nil {
			err = &usage.Error{Err: fmt.Errorf("cannot write the pages: %w", err)}
		}
	}()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if to, err := filepath.EvalSymlinks(dir); err == nil {
		dir = to // the folder is replaced, and not what leads to it
	}
	there, err := written(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), ".lockstep-site-")
	if err != nil {
		return err
	}
	if kept, err := p.replace(dir, work, there); err != nil {
		if kept {
			return fmt.Errorf("%w; what was there is in %s", err, work)
		}
		return errors.Join(err, os.RemoveAll(work))
	}
	return os.RemoveAll(work)
}

// replace writes the pages to a folder in work, has it take the place of dir, and leaves
// there what that was. Kept: it could not be put back.
func (p Pages) replace(dir, work string, there bool) (kept bool, err error) {
	pages, old := filepath.Join(work, "new"), filepath.Join(work, "old")
	if err := p.fill(pages); err != nil {
		return false, err
	}
	if there {
		if err := os.Rename(dir, old); err != nil {
			return false, err
		}
	}
	err = os.Rename(pages, dir)
	if err != nil && there {
		back := os.Rename(old, dir)
		return back != nil, errors.Join(err, back)
	}
	return false, err
}

func (p Pages) fill(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	sums := map[string]string{}
	for name, text := range p {
		sums[name] = sum(text)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(sums, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestName), append(text, '\n'), 0o644)
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// written reports whether a folder is there. The error says what it holds that would be lost.
func written(dir string) (there bool, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || len(entries) == 0 {
		return true, err
	}
	var sums map[string]string
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, fmt.Errorf("%s holds %s, and no pages of a course: name an empty folder, or one that is not there", dir, entries[0].Name())
	case err == nil:
		err = json.Unmarshal(text, &sums)
	}
	if err != nil {
		return true, fmt.Errorf("cannot read %s: %w", filepath.Join(dir, manifestName), err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		want, ours := sums[e.Name()]
		switch {
		case e.Name() == manifestName:
		case !ours:
			return true, fmt.Errorf("%s was not written with the pages there, and would be lost: move it away", name)
		case !e.Type().IsRegular():
			return true, fmt.Errorf("%s is no plain file", name)
		default:
			text, err := os.ReadFile(name)
			if err != nil {
				return true, err
			}
			if sum(text) != want {
				return true, fmt.Errorf("%s was changed since it was written, and would be lost: move it away", name)
			}
		}
	}
	return true, nil
}
