// Package cache keeps verdicts of work that has not changed. In go a Key, the hash
// of everything that a verdict depends on, and a result; out comes that result
// when the same key is asked for again.
//
// The entries lie in the user's own cache folder, as the Go compiler's do, and
// not in the course: a repository can't bring verdicts along. Only what was seen
// is kept. An error, or what a machine could not tell, is looked at again.
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

	"lockstep/grader/internal/judge"
)

// version is part of every key: it rises when what is kept changes its form.
const version = "lockstep verdict 1"

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

// Key ends it. More may be added afterwards for another key.
func (i *Ingredients) Key() Key { return Key(hex.EncodeToString(i.hash.Sum(nil))) }

// Sum is the hash of some files alone: it tells whether a student's work changed.
func Sum(files map[string][]byte) string {
	i := NewIngredients()
	i.Files("files", files)
	return string(i.Key())
}

// Cache is a folder of results.
type Cache struct{ dir string }

// Open makes the folder if it has to. An error means that nothing can be kept,
// which is no reason not to grade.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot keep verdicts: %w", err)
	}
	return &Cache{dir}, nil
}

// entry is what a file holds.
type entry struct {
	Key    Key          `json:"key"`
	Result judge.Result `json:"result"`
}

// Find returns the result that was kept for a key. A file that is damaged, or
// holds another's result, is as good as none.
func (c *Cache) Find(k Key, exercise string) (judge.Result, bool) {
	name := c.file(k)
	text, err := os.ReadFile(name)
	if err != nil {
		return judge.Result{}, false
	}
	var e entry
	if json.Unmarshal(text, &e) != nil || e.Key != k || e.Result.Exercise != exercise || !settled(e.Result) {
		return judge.Result{}, false
	}
	for i := range e.Result.Checks {
		e.Result.Checks[i].Cached = true
	}
	if now := time.Now(); !fresh(name, now) {
		_ = os.Chtimes(name, now, now) // it was of use: it stays
	}
	return e.Result, true
}

// fresh spares most of the writes that mark an entry as used.
func fresh(name string, now time.Time) bool {
	info, err := os.Stat(name)
	return err == nil && now.Sub(info.ModTime()) < Keep/10
}

// Put keeps a result, if it is one that the same work gets again.
func (c *Cache) Put(k Key, r judge.Result) error {
	if !settled(r) {
		return nil
	}
	text, err := json.Marshal(entry{k, r})
	if err != nil {
		return fmt.Errorf("cannot keep a verdict: %w", err)
	}
	f, err := os.CreateTemp(c.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("cannot keep a verdict: %w", err)
	}
	defer os.Remove(f.Name()) // gone after the rename
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), c.file(k))
	}
	if err != nil {
		return fmt.Errorf("cannot keep a verdict: %w", err)
	}
	return nil
}

// settled says whether every check of a result was decided by what was seen.
func settled(r judge.Result) bool {
	for _, v := range r.Checks {
		if v.Status != judge.Pass && v.Status != judge.Fail && v.Status != judge.Skipped {
			return false
		}
	}
	return len(r.Checks) > 0 && (r.Status == judge.Pass || r.Status == judge.Fail)
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
