//go:build !portable

// Package filestep reads from a system call that a thread is about to make which file it
// changes.
package filestep

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/ptrace"
)

// change is what a call does to the file that one of its arguments names: by a pointer to
// its name, or by a descriptor.
type change struct {
	does     facts.Does
	argument int
	open     bool   // it is a descriptor
	may      bool   // it may be there already, and is then not changed
	flag     uint64 // it does so only if the call has this flag …
	flags    int    // … among those of this argument
}

func named(does facts.Does, argument int) change { return change{does: does, argument: argument} }
func opened(does facts.Does) change              { return change{does: does, open: true} }

// looks is what a process does to a file that it asks after. It is no step, but who does so
// again and again waits for one.
const looks facts.Does = ""

// makes are those of a call that makes something of a name, and fails where the name is taken:
// who tries that again and again waits for it.
func makes(argument int) []change {
	return []change{named(facts.Creates, argument), named(looks, argument)}
}

// opens are the changes of a call that opens a file.
func opens(argument int) []change {
	return []change{
		{does: facts.Creates, argument: argument, may: true, flag: unix.O_CREAT, flags: argument + 1},
		{does: facts.Writes, argument: argument, flag: unix.O_TRUNC, flags: argument + 1},
		named(looks, argument),
	}
}

// calls are those that there are, and what each does.
var calls = func() map[uint64][]change {
	all := map[uint64][]change{
		unix.SYS_OPENAT:    opens(1),
		unix.SYS_MKDIRAT:   makes(1),
		unix.SYS_LINKAT:    makes(3),
		unix.SYS_SYMLINKAT: makes(2),
		unix.SYS_RENAMEAT:  {named(facts.Removes, 1), named(facts.Creates, 3)},
		unix.SYS_RENAMEAT2: {named(facts.Removes, 1), named(facts.Creates, 3)},
		unix.SYS_UNLINKAT:  {named(facts.Removes, 1)},
		unix.SYS_TRUNCATE:  {named(facts.Writes, 0)},
		unix.SYS_WRITE:     {opened(facts.Writes)},
		unix.SYS_PWRITE64:  {opened(facts.Writes)},
		unix.SYS_WRITEV:    {opened(facts.Writes)},
		unix.SYS_FTRUNCATE: {opened(facts.Writes)},

		statCall:            {named(looks, 1)},
		unix.SYS_STATX:      {named(looks, 1)},
		unix.SYS_FACCESSAT:  {named(looks, 1)},
		unix.SYS_FACCESSAT2: {named(looks, 1)},
		unix.SYS_READLINKAT: {named(looks, 1)},
	}
	maps.Copy(all, callsHere)
	return all
}()

// is reports whether a change is of the kind of a step.
func (c change) is(s facts.Step) bool {
	return s.Does == c.does || s.Does == facts.Changes && !c.may && (c.does == facts.Creates || c.does == facts.Writes)
}

// Calls are the numbers of the calls that can be one of some steps, or ask after files;
// none where there are no steps.
func Calls(steps []facts.Step) []uint64 {
	var numbers []uint64
	for number, changes := range calls {
		if slices.ContainsFunc(changes, func(c change) bool {
			return slices.ContainsFunc(steps, func(s facts.Step) bool { return c.does == looks || c.is(s) })
		}) {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// Of returns which of some steps a call is that a stopped thread is about to make, and
// whether it is about a file of one at all. The caller is the thread's tracer.
func Of(thread int, call ptrace.Call, steps []facts.Step) (found []facts.Step, near bool) {
	for _, c := range calls[call.Number] {
		if c.flag != 0 && call.Args[c.flags]&c.flag == 0 {
			continue
		}
		name := ""
		for _, s := range steps {
			if !c.is(s) && c.does != looks || slices.Contains(found, s) {
				continue
			}
			if name == "" {
				name = c.name(thread, call)
			}
			if !matches(s.Name, name) {
				continue
			}
			if near = true; c.is(s) {
				found = append(found, s)
			}
		}
	}
	return found, near
}

func (c change) name(thread int, call ptrace.Call) string {
	if c.open {
		name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, int32(call.Args[0])))
		return name
	}
	return ptrace.Text(thread, uintptr(call.Args[c.argument]))
}

// matches reports whether a pattern matches the end of a file's name, whose beginning
// depends on where the run's folder is.
func matches(pattern, name string) bool {
	parts := strings.Split(path.Clean(name), "/")
	from := max(0, len(parts)-1-strings.Count(pattern, "/"))
	ok, _ := path.Match(pattern, path.Join(parts[from:]...))
	return ok
}
