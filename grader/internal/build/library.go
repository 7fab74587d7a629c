package build

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// What all units share, the library mp, is a hundred files, and on some disks it takes as long
// to make and remove these as to compile a unit. So the copy that units are built with is kept
// in the trusted cache, and a build has a link to it.

// readLibrary reads a package and those below it, by name, without their tests.
func readLibrary(dir string) (map[string][]byte, error) {
	files, root := map[string][]byte{}, os.DirFS(dir)
	return files, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case !d.IsDir() && isSource(d.Name()):
			files[name], err = fs.ReadFile(root, name)
		}
		return err
	})
}

// placeLibrary makes files be a build's library. Those that are kept are read each time, and
// not taken for what their name says: what is compiled is what was read of the course, whatever
// became of them. Where nothing can be kept, the build has a copy of its own.
func (t *toolchain) placeLibrary(files map[string][]byte, dir string) error {
	kept := filepath.Join(t.cache, "00", fmt.Sprintf("%s%x", keptLibrary, digest(files)))
	if !holds(kept, files) && !keepLibrary(kept, files) {
		return writeAll(dir, files)
	}
	now := time.Now()
	_ = os.Chtimes(kept, now, now) // it is of use
	return os.Symlink(kept, dir)
}

// keptLibrary begins the names of kept copies.
const keptLibrary = "lockstep-mp-"

// keepLibrary keeps files, if it can, and no longer what was of no use for as long as the go
// command keeps what it compiled.
func keepLibrary(kept string, files map[string][]byte) bool {
	old, _ := filepath.Glob(filepath.Join(filepath.Dir(kept), keptLibrary+"*"))
	for _, dir := range old {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 5*warmFor {
			_ = os.RemoveAll(dir)
		}
	}
	made, err := os.MkdirTemp(filepath.Dir(kept), keptLibrary)
	if err != nil {
		return false
	}
	if os.Chmod(made, 0o755) == nil && writeAll(made, files) == nil && os.Rename(made, kept) == nil {
		return true
	}
	_ = os.RemoveAll(made) // there is no room, or another grader was first, or what is kept was damaged
	return false
}

// holds reports whether a folder holds these files and nothing else that takes part in a build.
func holds(dir string, files map[string][]byte) bool {
	found, err := readLibrary(dir)
	return err == nil && maps.EqualFunc(found, files, bytes.Equal)
}

func writeAll(dir string, files map[string][]byte) error {
	for name, text := range files {
		if err := write(filepath.Join(dir, name), text); err != nil {
			return err
		}
	}
	return nil
}

// digest stands for files.
func digest(files map[string][]byte) []byte {
	h := sha256.New()
	addFiles(h, files)
	return h.Sum(nil)
}

// addFiles writes files, in the order of their names, into what a digest is made of.
func addFiles(h io.Writer, files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n%s", name, len(files[name]), files[name])
	}
}
