package exercise

import (
	_ "embed"
	"slices"
	"strings"
)

// never are the packages that no exercise can grant: each is a way around what the
// grader sees or bounds.
var never = map[string]string{
	"C":       "cgo is not built",
	"unsafe":  "it goes around what mp and the race detector can see",
	"syscall": "it goes around mp; use mp and os",
	"plugin":  "code can't be loaded while the program runs",
}

// Refuses says why a package can't be granted, or "". Beside os/exec, which starts
// processes that mp does not know, syscall takes nothing more from view: it names their
// signals, groups and descriptors.
func (e *Exercise) Refuses(path string) string {
	if path == "syscall" && e.Grants("os/exec") {
		return ""
	}
	return never[path]
}

// Grants reports whether the edited files may import a package.
func (e *Exercise) Grants(path string) bool { return slices.Contains(e.Imports, path) }

// Library is the package that students write against.
const Library = "lockstep/mp"

// standard lists the packages of Go's standard library, one a line, sorted.
//
//go:embed standard.txt
var standard string

// validateImports refuses packages that can't be granted: a submission that uses
// one would be refused, or not build.
func (d *decoder) validateImports(e *Exercise) {
	known := append(strings.Fields(standard), Library)
	for i, path := range e.Imports {
		at := &e.Imports[i]
		if why := e.Refuses(path); why != "" {
			d.at(at, "imports[%d]: %q can't be granted: %s", i+1, path, why)
		} else if slices.Contains(known, path) {
			continue
		} else if near, ok := Nearest(path, known); ok {
			d.at(at, "imports[%d]: there is no package %q; did you mean %s?", i+1, path, near)
		} else {
			d.at(at, "imports[%d]: there is no package %q; it can be one of Go's standard library, or %s", i+1, path, Library)
		}
	}
}
