package model

import (
	"fmt"
	"strings"

	"lockstep/mp/trace"
)

// Called is what a person calls an object: what the source calls it, or where it
// was made.
func (w *World) Called(object string) string {
	name, site := w.Named(object)
	switch {
	case name != "":
		return name
	case site.File != "":
		return "made at " + site.String()
	}
	return object
}

// Named is what the source calls an object, or "", and where it was made.
func (w *World) Named(object string) (name string, made trace.Site) {
	op, ok := w.Objects[object]
	name = op.Name
	if !ok && len(object) > 0 {
		op = w.Objects[object[:len(object)-1]] // an end of a pipe
		a, b, two := strings.Cut(op.Name, ",")
		if name = a; two && strings.HasSuffix(object, "b") {
			name = b
		}
	}
	if name == "_" {
		name = ""
	}
	return name, op.Site
}

// numbered puts a number into the name of something of which there are several:
// the order in which one line of the source made them.
func (w *World) numbered(name string, op trace.Event) string {
	before, after, ok := strings.Cut(name, "[")
	if !ok {
		return name
	}
	_, after, ok = strings.Cut(after, "]")
	if !ok {
		return name
	}
	n := 0
	for _, other := range w.Objects {
		if other.Site == op.Site && other.Method == op.Method {
			n++
		}
	}
	return fmt.Sprintf("%s[%d]%s", before, n, after)
}

// Title is what a person calls a process.
func (w *World) Title(id ID) string {
	p := w.Proc(id)
	if p != nil && p.victim != nil {
		p = p.victim
	}
	switch {
	case p == nil:
		return fmt.Sprintf("process %d", id)
	case p.Parent < 0:
		return "main"
	case p.Name == "":
		return "process " + p.Path
	}
	return p.Name
}

// PathTitle is Title for the process with that path.
func (w *World) PathTitle(path string) string {
	if p := w.At(path); p != nil {
		return w.Title(p.ID)
	}
	return "process " + path
}

// Did says who made a step, and where: "main cleared it at main.go:12".
func (w *World) Did(i int, what string) string {
	e := &w.Events[i]
	text := w.Title(e.Proc) + " " + what
	if at := e.Op.Site.String(); at != "" {
		text += " at " + at
	}
	return text
}

func (w *World) titles(ids []ID) string {
	var s string
	for i, id := range ids {
		switch {
		case i > 0 && i == len(ids)-1:
			s += " or "
		case i > 0:
			s += ", "
		}
		s += w.Title(id)
	}
	return s
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
