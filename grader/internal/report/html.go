//go:build !first

package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"lockstep/grader/internal/judge"
)

// The page's parts. They are put into one file: a report is mailed, archived and
// opened without a network.
var (
	//go:embed page/page.html
	pageText string
	//go:embed page/picture.html
	pictureText string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string
)

// mostPageLines bounds what a page shows of one evidence.
const mostPageLines = 400

// PageStyle is how pages of the grader look.
func PageStyle() string { return pageStyle }

// page is what the template is given.
type page struct {
	Report                *Report
	Title, Sum, Facts     string
	Style                 template.CSS
	Script                template.JS
	StyleHash, ScriptHash template.URL
	Exercises             []pageExercise
	Folded                []pageExercise // of them
	Packed                string         // the pictures of those, as the page's script unpacks them
}

type pageExercise struct {
	ID    string
	Open  bool // it is the one to look at; others are folded, and their pictures packed
	Heads bool // it is the first that is shown of its chapter
	judge.Result
	Checks []pageCheck
}

type pageCheck struct {
	judge.Verdict
	Place string           // "main.go:18"
	Told  []judge.Evidence // what no picture shows
	Drawn []pagePicture
}

type pagePicture struct {
	Timeline     *drawing
	Interleaving *columns
	Place        int // among those that are packed, from 1; 0: it is shown
}

// WriteHTML writes the report as one HTML page that needs nothing else: no network and
// no other file. The first exercise that does not pass comes first and needs no script
// to be read; the others are folded, and a script unpacks their pictures, which would be
// nine tenths of the page.
func (r *Report) WriteHTML(w io.Writer) error {
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("cannot read the page's template: %w", err)
	}
	p := newPage(r)
	if p.Packed, err = pack(t, p.Folded); err != nil {
		return err
	}
	return t.Execute(w, p)
}

// pageTemplate is read once, by the first that is written: of a class there is one for each
// student, and reading it takes longer than what then is written.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("page").Funcs(pageFuncs()).Parse(pageText)
	if err != nil {
		return nil, err
	}
	return t.Parse(pictureText)
})

func newPage(r *Report) *page {
	p := &page{
		Report: r, Title: cmp.Or(r.Course, "Lockstep") + ": report", Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		StyleHash: hashOf(pageStyle), ScriptHash: hashOf(pageScript),
	}
	passed := 0
	for i, e := range r.Exercises {
		if passes(e) {
			passed++
		}
		p.Exercises = append(p.Exercises, newPageExercise(i, e))
	}
	p.Folded = slices.Clone(p.Exercises)
	if i := slices.IndexFunc(r.Exercises, left); i >= 0 || len(p.Exercises) == 1 {
		i = max(i, 0)
		p.Exercises[i].Open = true
		p.Folded = slices.Delete(p.Folded, i, i+1)
	}
	head(p.Exercises)
	head(p.Folded)
	p.Sum = fmt.Sprintf("%d of %d points, %d of %d exercises pass", r.Points, r.Max, passed, len(r.Exercises))
	if r.Tier != "" {
		p.Facts = fmt.Sprintf("confinement tier %s, ", r.Tier)
	}
	p.Facts += fmt.Sprintf("seed %d", r.Seed)
	if r.Grader != "" {
		p.Facts += "; " + r.Grader
	}
	if r.Stretched > 0 {
		p.Facts += "; " + slow(r.Stretched)
	}
	return p
}

// head marks the first exercise of each chapter.
func head(exercises []pageExercise) {
	chapter := ""
	for i := range exercises {
		e := &exercises[i]
		e.Heads, chapter = e.Chapter != chapter, e.Chapter
	}
}

func newPageExercise(i int, e judge.Result) pageExercise {
	out := pageExercise{ID: fmt.Sprintf("e%d", i+1), Result: e}
	for j, v := range e.Checks {
		c := pageCheck{Verdict: v}
		if v.File != "" {
			c.Place = v.File
			if v.Line > 0 {
				c.Place += fmt.Sprintf(":%d", v.Line)
			}
		}
		pictures := v.Pictures
		drawn := slices.ContainsFunc(pictures, func(p judge.Picture) bool { return p.Failure != nil })
		for _, ev := range Evidence(v) {
			if ev.Kind != judge.Timeline {
				c.Told = append(c.Told, ev)
			} else if f := v.Shown(); f != nil && !drawn { // of a run that did not end, or relies on a time limit
				pictures, drawn = slices.Insert(slices.Clone(pictures), 0, judge.Picture{Failure: f, Replay: v.Replay}), true
			}
		}
		for k, picture := range pictures {
			id := fmt.Sprintf("e%dc%dp%d", i+1, j+1, k+1)
			var drawn pagePicture
			if picture.Failure != nil {
				drawn.Interleaving = newColumns(id+"i", picture, e.Sources)
			}
			if len(picture.Processes)+len(picture.Events) > 0 {
				drawn.Timeline = newTimeline(picture).draw(id, e.Sources)
			}
			c.Drawn = append(c.Drawn, drawn)
		}
		out.Checks = append(out.Checks, c)
	}
	return out
}

// hashOf names a style or a script to the page's own content security policy:
// only these very bytes take effect, whatever a program managed to print.
func hashOf(text string) template.URL {
	sum := sha256.Sum256([]byte(text))
	return template.URL("sha256-" + base64.StdEncoding.EncodeToString(sum[:]))
}

// pageLine is a line of a diff.
type pageLine struct {
	Text     string
	Ins, Del bool
}

// phrase is a part of a text, code or not.
type phrase struct {
	Text string
	Code bool
}

// pageCodes cuts a text at its backticks, which stand around code as in Markdown.
func pageCodes(text string) []phrase {
	var all []phrase
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			all = append(all, phrase{part, i%2 == 1})
		}
	}
	return all
}

func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"mark":     pageMark,
		"class":    func(s judge.Status) string { return strings.ReplaceAll(string(s), " ", "") },
		"line":     func(text string) string { return Escape(text, mostPageRunes) },
		"lines":    pageLines,
		"codes":    pageCodes,
		"diff":     pageDiff,
		"label":    func(k judge.Kind) string { return evidenceLabels[k] },
		"isDiff":   func(k judge.Kind) bool { return k == judge.Diff },
		"n":        func(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") },
		"plus":     func(a, b float64) float64 { return a + b },
		"minus":    func(a, b float64) float64 { return a - b },
		"middle":   func(x, width float64) float64 { return x + width/2 },
		"patterns": patternsOf,
		"heads":    func() []string { return []string{"waits", "held"} },
		"fill":     fillOf,
	}
}

func pageMark(s judge.Status) string {
	return map[judge.Status]string{
		judge.Pass: "✓", judge.Fail: "✗", judge.Skipped: "–", judge.NotChecked: "?", judge.Error: "!",
	}[s]
}

var evidenceLabels = map[judge.Kind]string{
	judge.Ran: "What was run", judge.Expected: "Expected", judge.Seen: "Seen", judge.Diff: "Expected (−) and seen (+)",
	judge.Signals: "It was sent", judge.Processes: "The processes", judge.Printed: "It printed", judge.Places: "Look at", judge.Compiler: "The compiler says", judge.Refused: "Not taken",
	judge.Timeline: "Step by step", judge.Reason: "Because", judge.Note: "Note",
}

// pageLines bounds and escapes evidence.
func pageLines(lines []string) []string {
	var out []string
	for i, text := range lines {
		if i == mostPageLines {
			return append(out, fmt.Sprintf("… %d more lines", len(lines)-mostPageLines))
		}
		out = append(out, Escape(text, mostPageRunes))
	}
	return out
}

// pageDiff takes the signs off a diff's lines.
func pageDiff(lines []string) []pageLine {
	var out []pageLine
	for _, text := range pageLines(lines) {
		l := pageLine{Text: text}
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			l = pageLine{Text: rest, Del: true}
		} else if rest, ok := strings.CutPrefix(text, "+"); ok {
			l = pageLine{Text: rest, Ins: true}
		} else if rest, ok := strings.CutPrefix(text, " "); ok {
			l.Text = rest
		}
		out = append(out, l)
	}
	return out
}

// pattern is a hatching, so that waiting can be told apart in black and white.
type pattern struct {
	Class, Path string
	Size        float64
}

var patterns = []pattern{
	{"lock", "M0 6 L6 0", 6},
	{"message", "M0 3 L6 3", 6},
	{"join", "M0 0 L6 6", 6},
	{"task", "M3 0 L3 6", 6},
	{"manager", "M0 3 L6 3 M3 0 L3 6", 6},
	{"signal", "M0 0 L8 8 M8 0 L0 8", 8},
	{"rest", "M0 5 L5 0", 5},
}

func fillOf(id, class string) string {
	for _, p := range patterns {
		if p.Class == class {
			return "url(#" + id + "-" + class + ")"
		}
	}
	return ""
}

// patternsOf are those that a drawing with this legend uses.
func patternsOf(all []legend) (out []pattern) {
	for _, p := range patterns {
		if slices.ContainsFunc(all, func(l legend) bool { return !l.Arrow && l.Class == p.Class }) {
			out = append(out, p)
		}
	}
	return out
}
