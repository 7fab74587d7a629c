package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// warmFor is how long the trusted cache is taken to hold what warm put there: the
// go command keeps what was used within five days.
const warmFor = 24 * time.Hour

// warm compiles what units import into the trusted cache: packages of the
// standard library and the course's own library, and nothing of the units. A
// submission can name a package; what is compiled of it is Go's. It returns, by
// import path, the files that hold the packages' types.
func warm(ctx context.Context, r Request, t *toolchain, units []Unit, variant string) (map[string]string, error) {
	packages, err := imported(r, t, units)
	if err != nil {
		return nil, err
	}
	stamp := warmStamp(r, t, variant, packages)
	if info, err := os.Stat(stamp); err == nil && time.Since(info.ModTime()) < warmFor {
		if text, err := os.ReadFile(stamp); err == nil {
			if exports, ok := readExports(string(text)); ok {
				return exports, nil
			}
		}
	}
	args := append([]string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}"}, strings.Fields(Compiling)...)
	if variant == "race" {
		args = append(args, "-race")
	}
	o, err := box.Run(ctx, box.Command{
		Program:  filepath.Join(t.goroot, "bin", "go"),
		Args:     append(args, packages...),
		Env:      append(t.environment(variant), "GOCACHE="+t.cache),
		Dir:      r.Dir,
		ReadOnly: append(t.readable(), r.Dir),
		Writable: []string{t.cache},
		Limits:   trusted,
		Tier:     r.Tier,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot run go list: %w", err)
	}
	if o.Exceeded != nil {
		return nil, fmt.Errorf("cannot build the course's library: %s", stopped(o.Exceeded))
	}
	exports, whole := readExports(string(o.Stdout.Bytes))
	if o.Exit != (box.Exit{}) || !whole {
		return nil, fmt.Errorf("cannot build the course's library: %w", t.because(string(o.Stderr.Bytes)))
	}
	// In a folder that `go clean -cache` empties with the rest.
	if err := write(stamp, o.Stdout.Bytes); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	now := time.Now()
	_ = os.Chtimes(stamp, now, now) // else it is warmed again, for a quarter of a second
	return exports, nil
}

// readExports reads lines "PATH FILE", and says whether each file is there.
func readExports(text string) (map[string]string, bool) {
	exports := map[string]string{}
	for line := range strings.Lines(text) {
		path, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if info, err := os.Stat(name); !ok || err != nil || !info.Mode().IsRegular() {
			return nil, false
		}
		exports[path] = name
	}
	return exports, len(exports) > 0
}

// imported lists what may be compiled beforehand of what units import, and of what is
// looked for in them.
func imported(r Request, t *toolchain, units []Unit) ([]string, error) {
	packages := []string{"./mp"}
	add := func(path string) {
		if t.standard(path) && !slices.Contains(packages, path) {
			packages = append(packages, path)
		}
	}
	for _, u := range units {
		for _, name := range slices.Concat(u.Screen.Forbid, u.Screen.Require) {
			path, _ := exercise.SplitName(name)
			add(path)
		}
		for name, text := range u.Files {
			file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
			if file == nil || err != nil {
				continue // the compiler says it better
			}
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err == nil {
					add(path)
				}
			}
		}
	}
	slices.Sort(packages)
	return packages, nil
}

// standard says whether a path is a package of the standard library that a program
// may import.
func (t *toolchain) standard(path string) bool {
	if path == "C" || path == "unsafe" || build.IsLocalImport(path) || strings.Contains(path, "internal") || !filepath.IsLocal(path) {
		return false
	}
	sources, err := filepath.Glob(filepath.Join(t.goroot, "src", filepath.FromSlash(path), "*.go"))
	return err == nil && len(sources) > 0 && !strings.ContainsAny(path, "*?[\\")
}

// warmStamp is a file of the trusted cache that says what is in it.
func warmStamp(r Request, t *toolchain, variant string, packages []string) string {
	h := sha256.New()
	fmt.Fprintln(h, "exports", Compiling, t.version, variant, packages, r.shared)
	return filepath.Join(t.cache, "00", fmt.Sprintf("lockstep-%x", h.Sum(nil)[:16]))
}
