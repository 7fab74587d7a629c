//go:build unix

package box

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// What is gathered of a run: far more than a program leaves that wants to be read.
const (
	mostGathered = 64
	mostOfOne    = 1 << 20
)

// gather reads the files of the run's fresh folder whose names begin with prefix.
// Nobody lives any more who could change them; whatever is no file is left out.
func (p *place) gather(prefix string) (map[string][]byte, error) {
	dir := filepath.Join(p.dir, "work")
	if p.tree != nil {
		dir = p.tree.root + "/tmp"
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the program removed it
	}
	if err != nil {
		return nil, staged("gather what the program left", err)
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), ".")
	found := map[string][]byte{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() || len(found) == mostGathered {
			continue
		}
		f, err := root.OpenFile(e.Name(), os.O_RDONLY|unix.O_NONBLOCK, 0)
		if err != nil {
			continue // it may not be read
		}
		text, err := io.ReadAll(io.LimitReader(f, mostOfOne))
		f.Close()
		if err == nil {
			found[e.Name()] = text
		}
	}
	return found, nil
}

// strays are the keys of what is fixed that an environment does not have as it is.
func strays(o order, has []string) (keys []string) {
	valueOf := func(env []string, key string) (value string, times int) {
		for _, v := range env {
			if rest, ok := strings.CutPrefix(v, key+"="); ok {
				value, times = rest, times+1
			}
		}
		return value, times
	}
	for _, key := range o.Fixed {
		want, _ := valueOf(o.Env, key)
		if got, times := valueOf(has, key); times != 1 || got != want {
			keys = append(keys, key)
		}
	}
	return keys
}
