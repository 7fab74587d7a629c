//go:build !portable

package rootfs

import (
	"debug/elf"
	"path/filepath"
	"strings"
)

// Libraries finds the loader and the libraries of a program that is not complete in
// itself, as builds with the race detector are not.
func Libraries(program string) []string {
	f, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer f.Close()
	loader := ""
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			name := make([]byte, p.Filesz)
			p.ReadAt(name, 0)
			loader = strings.TrimRight(string(name), "\x00")
		}
	}
	if loader == "" {
		return nil
	}
	found := []string{loader}
	folders := []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	if real, err := filepath.EvalSymlinks(loader); err == nil {
		folders = append([]string{filepath.Dir(real)}, folders...)
	}
	queue, _ := f.ImportedLibraries()
	known := map[string]bool{}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if known[name] {
			continue
		}
		known[name] = true
		for _, dir := range folders {
			path := filepath.Join(dir, name)
			l, err := elf.Open(path)
			if err != nil {
				continue
			}
			more, _ := l.ImportedLibraries()
			l.Close()
			found, queue = append(found, path), append(queue, more...)
			break
		}
	}
	return found
}
