package exercise

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// shared are the packages that every exercise grants, lockstep/mp and what a program
// calculates, waits and prints with. What is not among them leaves the processes that mp
// knows (os/exec, net), goes around types (reflect gives an unsafe.Pointer to anything),
// takes in files while it is compiled (embed), or shows and changes how the program is
// run (runtime, runtime/debug, os/signal, testing). os is there for its arguments and
// streams: what else it can do, the box bounds.
const shared = `lockstep/mp bufio bytes cmp container/heap container/list container/ring
context encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json
errors flag fmt hash/crc32 hash/fnv io iter log log/slog maps math math/big
math/bits math/cmplx math/rand math/rand/v2 os path path/filepath regexp slices
sort strconv strings sync sync/atomic text/tabwriter time unicode unicode/utf16
unicode/utf8
`

// Library is the package that students write against.
const Library = "lockstep/mp"

var harmless = strings.Fields(shared)

// packages are all that there are.
var packages = sync.OnceValue(func() []string { return append(strings.Fields(standard), Library) })

// Harmless lists the packages that every exercise grants, in indented lines.
func Harmless(indent string) string {
	return indent + strings.ReplaceAll(strings.TrimSuffix(shared, "\n"), "\n", "\n"+indent) + "\n"
}

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

// without begins the name of a package that an exercise takes away.
const without = "-"

// Grants reports whether the edited files may import a package.
func (e *Exercise) Grants(path string) bool {
	if slices.Contains(e.Imports, without+path) {
		return false
	}
	return slices.Contains(harmless, path) || slices.Contains(e.Imports, path)
}

// added are the packages that the exercise grants and others don't; taken are those
// that it takes away.
func (e *Exercise) added() (added, taken []string) {
	for _, path := range e.Imports {
		if name, ok := strings.CutPrefix(path, without); ok {
			taken = append(taken, name)
		} else if !slices.Contains(harmless, path) {
			added = append(added, path)
		}
	}
	return added, taken
}

// standard lists the packages of Go's standard library, one a line, sorted.
//
//go:embed standard.txt
var standard string

// validateImports refuses packages that can't be granted or taken away: a submission
// that uses one would be refused, or not build.
func (d *decoder) validateImports(e *Exercise) {
	for i, path := range e.Imports {
		at := &e.Imports[i]
		if name, ok := strings.CutPrefix(path, without); ok {
			if !slices.Contains(harmless, name) {
				d.at(at, "imports[%d]: %q is not granted anyway", i+1, name)
			}
		} else if why := e.Refuses(path); why != "" {
			d.at(at, "imports[%d]: %q can't be granted: %s", i+1, path, why)
		} else if slices.Contains(packages(), path) {
			continue
		} else if near, ok := Nearest(path, packages()); ok {
			d.at(at, "imports[%d]: there is no package %q; did you mean %s?", i+1, path, near)
		} else {
			d.at(at, "imports[%d]: there is no package %q; it can be one of Go's standard library, or %s", i+1, path, Library)
		}
	}
}
