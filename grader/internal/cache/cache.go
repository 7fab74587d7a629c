// Package cache keeps verdicts of work that has not changed. In go a Key, the hash
// of everything that a verdict depends on, and an exercise's verdicts; out come
// those that the same key gave before.
//
// The entries lie in the user's own cache folder, as the Go compiler's do, and
// not in the course: a repository can't bring verdicts along. Only what was seen
// is kept: a pass or a failure. An error, or what a machine could not tell, is
// looked at again, and what was skipped follows from the others.
package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/scratch"
)

// version is part of every key: it rises when what is kept changes its form.
const version = "lockstep verdict 2"

// Keep is how long an entry that nobody asks for stays.
const Keep = 30 * 24 * time.Hour

// Key names one exercise of one piece of work, in one course, on one machine.
type Key string

// Ingredients gathers what a verdict depends on. Every part is written with its
// name and its length, so that no two sets of parts look alike.
type Ingredients struct{ hash hash.Hash }

// NewIngredients begins a key.
func NewIngredients() *Ingredients {
	i := &Ingredients{sha256.New()}
	i.Text("version", version)
	return i
}

// Text adds a named text.
func (i *Ingredients) Text(name, text string) {
	fmt.Fprintf(i.hash, "%d %s %d ", len(name), name, len(text))
	io.WriteString(i.hash, text)
}

// Files adds named files, in the order of their names.
func (i *Ingredients) Files(name string, files map[string][]byte) {
	i.Text(name, fmt.Sprint(len(files)))
	for _, file := range slices.Sorted(maps.Keys(files)) {
		i.Text(file, string(files[file]))
	}
}

// File adds a file of any size.
func (i *Ingredients) File(name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	i.Text(name, string(sum.Sum(nil)))
	return nil
}

// Key ends it. More may be added afterwards for another key.
func (i *Ingredients) Key() Key { return Key(hex.EncodeToString(i.hash.Sum(nil))) }

// Sum is the hash of some files alone: it tells whether a student's work changed.
func Sum(files map[string][]byte) string {
	i := NewIngredients()
	i.Files("files", files)
	return string(i.Key())
}

// Cache is a folder of verdicts.
type Cache struct {
	dir    string
	builds bool // also what the compiler said, which a student soon hears again
}

// Open makes the folder if it has to. An error means that nothing can be kept,
// which is no reason not to grade.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot keep verdicts: %w", err)
	}
	return &Cache{dir: dir}, nil
}

// entry is what a file holds.
type entry struct {
	Key      Key             `json:"key"`
	Exercise string          `json:"exercise"`
	Verdicts []judge.Verdict `json:"verdicts"`
}

// Find returns the verdicts that were kept for a key, by check. A file that is
// damaged, or holds another exercise's, is as good as none.
func (c *Cache) Find(k Key, id string) map[string]judge.Verdict {
	name := c.file(k)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var e entry
	if json.Unmarshal(text, &e) != nil || e.Key != k || e.Exercise != id {
		return nil
	}
	known := map[string]judge.Verdict{}
	for _, v := range e.Verdicts {
		if c.settled(v) {
			v.Cached = true
			known[v.Check] = v
		}
	}
	if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > Keep/10 {
		_ = os.Chtimes(name, time.Time{}, time.Now()) // it was of use: it stays
	}
	return known
}

// Put keeps those of a result's verdicts that the same work gets again.
func (c *Cache) Put(k Key, r judge.Result) error {
	e := entry{Key: k, Exercise: r.Exercise}
	for _, v := range r.Checks {
		if c.settled(v) {
			v.Cached = false
			e.Verdicts = append(e.Verdicts, v)
		}
	}
	if len(e.Verdicts) == 0 {
		return nil
	}
	text, err := json.Marshal(e)
	if err == nil {
		err = scratch.ReplaceText(c.file(k), 0o600, text)
	}
	if err != nil {
		return fmt.Errorf("cannot keep a verdict: %w", err)
	}
	return nil
}

// settled reports whether a verdict was decided by what was seen of a program.
func (c *Cache) settled(v judge.Verdict) bool {
	return (c.builds || v.Check != exercise.Builds) && (v.Status == judge.Pass || v.Status == judge.Fail)
}

func (c *Cache) file(k Key) string { return filepath.Join(c.dir, string(k)+".json") }

// Trim removes what nobody asked for since the given moment.
func (c *Cache) Trim(before time.Time) error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return fmt.Errorf("cannot tidy the verdicts: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(c.dir, e.Name())) // another grader may have been first
		}
	}
	return nil
}
