package build

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// An exercise's reference solution is the same for every submission, and linking it
// takes as long as linking a student's program. Its executable is kept in the trusted
// cache, under a name made of all that went into it. The go command clears away what
// lies there and was not used for five days.

// buildKept builds the course's own units that are not kept yet, without any other
// near, and keeps them.
func (t *toolchain) buildKept(ctx context.Context, r Request, units []Unit, programs map[string]*Program) error {
	var missing []Unit
	for _, u := range units {
		if name := t.nameOf(r, u); use(name) {
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
			keep(p.Plain, t.nameOf(r, u))
		}
	}
	return nil
}

// nameOf is where a unit's executable is kept.
func (t *toolchain) nameOf(r Request, u Unit) string {
	h := sha256.New()
	fmt.Fprintf(h, "executable %s %s %q %x %s\n", t.goroot, t.version, flags, r.shared, u.Key)
	addFiles(h, u.Files)
	return named(t.cache, h.Sum(nil), "-d")
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
