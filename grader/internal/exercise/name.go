package exercise

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Name is what a package has by its full name, mp without its folder: time.Sleep,
// mp.NewPool, or of a type mp.Pool.Close.
type Name string

// Goroutines forbids go statements and the standard library's ways to start one.
const Goroutines Name = "goroutines"

const namePattern = `^([a-z0-9]+/)*[a-z0-9]+\.[A-Z]\w*(\.[A-Z]\w*)?$`

var nameForm = form(namePattern)

// FullNames are names with the whole path of their package, without the word goroutines.
func FullNames(names []Name) []string {
	var full []string
	for _, n := range names {
		if n != Goroutines {
			full = append(full, n.full())
		}
	}
	return full
}

func (n Name) full() string {
	if rest, ok := strings.CutPrefix(string(n), "mp."); ok {
		return Library + "." + rest
	}
	return string(n)
}

// ShortName is a full name as people write it.
func ShortName(full string) string { return strings.TrimPrefix(full, "lockstep/") }

// SplitName is a full name's package, and what is named of it.
func SplitName(full string) (path, rest string) {
	slash := strings.LastIndex(full, "/") + 1
	path, rest, _ = strings.Cut(full[slash:], ".")
	return full[:slash] + path, rest
}

// validateNames checks what is forbidden and required. That a package has what is named
// of it is seen where a program is built.
func (d *decoder) validateNames(e *Exercise) {
	of := func(names []Name, key, others string) {
		for i, n := range names {
			at, where := &names[i], fmt.Sprintf("%s[%d]", key, i+1)
			path, _ := SplitName(n.full())
			switch {
			case n == Goroutines && others != "":
			case !nameForm().MatchString(string(n)):
				d.at(at, "%s: found %q, can be %sa full name such as time.Sleep, mp.NewPool or mp.Pool.Close", where, n, others)
			case !slices.Contains(packages(), path):
				near, ok := Nearest(path, packages())
				d.at(at, "%s: there is no package %q%s", where, path, when(ok, "; did you mean "+near+"?"))
			case !e.Grants(path):
				d.at(at, "%s: %q can't be imported here, so that nobody can use %s", where, path, n)
			case key == "require" && slices.Contains(e.Forbid, n):
				d.at(at, "%s: %s is forbidden too", where, n)
			}
		}
	}
	of(e.Forbid, "forbid", "goroutines, or ")
	of(e.Require, "require", "")
}

// form is a regular expression, which is compiled when it is first asked for: whatever a box
// starts is this program too, and asks for none.
func form(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
