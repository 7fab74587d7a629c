package build

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// isSource says whether a file takes part in a build: Go and assembly, no tests.
func isSource(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || strings.HasSuffix(name, "_test.go") {
		return false
	}
	return strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".s")
}

// Sources reads files of an exercise's folder, or of its solution's. What else lies
// there takes no part: a helper file of a student's would be there on one machine and
// not on another.
func Sources(dir string, names ...string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("cannot read the exercise's files: %w", err)
		}
		files[name] = text
	}
	return files, nil
}

// lookPath finds a command on a PATH. os/exec would do it, but only package box
// imports os/exec.
func lookPath(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		full := filepath.Join(dir, name)
		if info, err := os.Stat(full); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return full, nil
		}
	}
	return "", fmt.Errorf("%s is not on PATH: %s", name, path)
}
