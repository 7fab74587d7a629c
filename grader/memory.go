package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/judge"
)

// memory finds and keeps the verdicts of work that has not changed. It serves a
// person who marks own work again and again; what a class is marked by is always
// seen anew.
type memory struct {
	cache  *cache.Cache
	common string // what all verdicts of this call depend on
	course string
}

// openMemory gathers what every verdict depends on: the grader itself, the
// compiler, the library, the machine and how strongly it confines programs, and
// what was asked for.
func openMemory(ctx context.Context, p *pipeline) (*memory, error) {
	dir := os.Getenv("LOCKSTEP_CACHE")
	if dir == "" {
		own, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(own, "lockstep")
	}
	m := &memory{course: p.course}
	var err error
	if m.cache, err = cache.Open(filepath.Join(dir, "verdicts")); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	i := cache.NewIngredients()
	if err := i.File("grader", self); err != nil {
		return nil, err
	}
	tool, err := build.Toolchain(ctx)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // a home folder may be seen from several machines
	i.Text("compiler", tool)
	i.Text("machine", fmt.Sprint(host, runtime.GOOS, runtime.GOARCH, runtime.NumCPU()))
	i.Text("tier", string(p.tier))
	i.Text("asked", fmt.Sprint(p.asked, p.pictures))
	library, err := tree(filepath.Join(p.course, "mp"))
	if err != nil {
		return nil, err
	}
	i.Files("mp", library)
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := i.File(name, filepath.Join(p.course, name)); err != nil {
			return nil, err
		}
	}
	m.common = string(i.Key())
	return m, nil
}

// key names an entry's verdicts: the student's files and the course's.
func (m *memory) key(e *entry) (cache.Key, error) {
	i := cache.NewIngredients()
	i.Text("common", m.common)
	course, err := tree(e.job.Exercise.Dir)
	if err != nil {
		return "", err
	}
	for _, name := range e.job.Exercise.Edit {
		delete(course, name) // the student's take its place
	}
	reference, err := tree(filepath.Join(m.course, "solutions", e.job.Exercise.ID))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	i.Files("course", course)
	i.Files("reference", reference)
	i.Text("shown", e.work.Dir) // messages name the files by it
	i.Files("work", e.work.Files)
	return i.Key(), nil
}

// recall fills in what is known of the entries.
func (m *memory) recall(entries []*entry) error {
	for _, e := range entries {
		if len(e.work.Problems) > 0 {
			continue
		}
		var err error
		if e.same, err = m.key(e); err != nil {
			return err
		}
		e.known = m.cache.Find(e.same, e.job.Exercise.ID)
	}
	return nil
}

// keep remembers an entry's verdicts. That they can't be kept costs only time.
func (m *memory) keep(e *entry, r judge.Result) {
	if e.same != "" && !judge.Settled(e.job, e.known) {
		_ = m.cache.Put(e.same, r)
	}
}

// tidy forgets what nobody asked for in a long time.
func (m *memory) tidy() { _ = m.cache.Trim(time.Now().Add(-cache.Keep)) }

// tree reads a folder's files by name, without mutants and other solutions: what a
// verdict may depend on.
func tree(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == mutants.folder || d.Name() == others.folder) {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		files[rel], err = os.ReadFile(name)
		return err
	})
	return files, err
}

// tierOf asks how strongly this machine can confine programs.
func tierOf(ctx context.Context) (box.Tier, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	b, err := box.Open(ctx, box.Setup{Program: self})
	if err != nil {
		return "", err
	}
	defer b.Close()
	return b.Tier(), nil
}
