package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp/trace"
)

// Bounds of what is shown of a source beside a picture.
const (
	aroundLine = 1
	mostSource = 120
)

// sourceLine is a line of a student's file beside a picture.
type sourceLine struct {
	At     string // "main.go:18", where the picture speaks of it
	Number string
	Text   string
}

// sourceLines are the lines that a picture speaks of, and those around them; a line without
// a number stands for those between.
func sourceLines(sources map[string][]byte, sites []trace.Site) (out []sourceLine) {
	spoken := map[trace.Site]bool{}
	files := map[string]bool{}
	for _, s := range sites {
		if s.Line > 0 && sources[s.File] != nil {
			spoken[trace.Site{File: s.File, Line: s.Line}], files[s.File] = true, true
		}
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if len(files) > 1 {
			out = append(out, sourceLine{Text: file})
		}
		last := 0
		for i, text := range strings.Split(string(sources[file]), "\n") {
			n, near := i+1, false
			for line := n - aroundLine; line <= n+aroundLine; line++ {
				near = near || spoken[trace.Site{File: file, Line: line}]
			}
			if !near || len(out) >= mostSource {
				continue
			}
			if last > 0 && n > last+1 {
				out = append(out, sourceLine{Text: "⋮"})
			}
			last = n
			l := sourceLine{Number: strconv.Itoa(n), Text: Escape(text, mostPageRunes)}
			if at := (trace.Site{File: file, Line: n}); spoken[at] {
				l.At = at.String()
			}
			out = append(out, l)
		}
	}
	return out
}
