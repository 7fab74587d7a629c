package build

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An exercise's reference solution is the same for every submission, and linking it
// takes as long as linking a student's program. Its executable is kept in the trusted
// cache, under a name made of all that went into it. The go command clears away what
// lies there and was not used for five days.

// buildKept builds the course's own units that are not kept yet, without any other
// near, and keeps them.
func (t *toolchain) buildKept(ctx context.Context, r Request, units []Unit, programs map[string]*Program) error {
	library, err := digestOfLibrary(r)
	if err != nil {
		return err
	}
	var missing []Unit
	for _, u := range units {
		if name := t.nameOf(library, u); use(name) {
			programs[u.Key].Plain = name
		} else {
			missing = append(missing, u)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := warm(ctx, r, t, missing, "plain"); err != nil {
		return err
	}
	if err := compile(ctx, r, t, missing, "plain", programs); err != nil {
		return err
	}
	for _, u := range missing {
		if p := programs[u.Key]; p.Plain != "" {
			keep(p.Plain, t.nameOf(library, u))
		}
	}
	return nil
}

// nameOf is where a unit's executable is kept.
func (t *toolchain) nameOf(library []byte, u Unit) string {
	h := sha256.New()
	fmt.Fprintf(h, "executable %s %s %q %x %s\n", t.goroot, t.version, flags, library, u.Key)
	for _, name := range slices.Sorted(maps.Keys(u.Files)) {
		fmt.Fprintf(h, "%s %d\n%s", name, len(u.Files[name]), u.Files[name])
	}
	return named(t.cache, h.Sum(nil), "-d")
}

// digestOfLibrary stands for what all units share: go.mod, go.sum and mp.
func digestOfLibrary(r Request) ([]byte, error) {
	h := sha256.New()
	err := filepath.WalkDir(r.Dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && filepath.Dir(name) == r.Dir && d.Name() != "mp" {
				return filepath.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(name)
		fmt.Fprintf(h, "%s %d\n%s", strings.TrimPrefix(name, r.Dir), len(text), text)
		return err
	})
	return h.Sum(nil), err
}

// use says whether an executable is kept, and that it was of use.
func use(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o100 == 0 {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > warmFor {
		_ = os.Chtimes(name, now, now)
	}
	return true
}

// keep copies an executable. That there may be no room or no right for it does no
// harm: it is built again.
func keep(program, name string) {
	from, err := os.Open(program)
	if err != nil {
		return
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(name), "lockstep-")
	if err != nil {
		return
	}
	defer os.Remove(to.Name()) // it has another name by then, if all went well
	_, err = io.Copy(to, from)
	if closing := to.Close(); err != nil || closing != nil {
		return
	}
	if os.Chmod(to.Name(), 0o755) == nil {
		_ = os.Rename(to.Name(), name)
	}
}
