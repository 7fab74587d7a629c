package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/judge"
)

// WriteMarkdown writes the report as GitHub Flavored Markdown, for a job's summary. What a
// program printed stands only inside code blocks whose fences it can't close.
func (r *Report) WriteMarkdown(w io.Writer) error {
	return within(w, summaryBudget, inTheLog, r.markdown)
}

// WriteBody writes the same for a release's text.
func (r *Report) WriteBody(w io.Writer) error {
	return within(w, bodyBudget, byGrading, r.markdown)
}

func (r *Report) markdown(x extent) ([]byte, error) {
	points, most := r.total()
	var b bytes.Buffer
	if r.Status == judge.Error {
		fmt.Fprintf(&b, "### No score: the grader broke\n\nWhat it could grade has %d of %d points; the rest is neither passed nor failed. Tell your teacher.\n\n", points, most)
	} else {
		fmt.Fprintf(&b, "### %d of %d points\n\n", points, most)
	}
	b.WriteString("| exercise | | points |\n|---|---|---:|\n")
	for _, e := range r.Exercises {
		status := symbol(e.Status)
		if e.Untouched && e.Status == judge.Fail {
			status += ", as shipped"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %d/%d |\n", e.Exercise, inline(e.Title), status, e.Points, e.Max)
	}
	for _, e := range r.Exercises {
		if e.Status == judge.Pass {
			continue
		}
		fmt.Fprintf(&b, "\n#### %s %s\n\n", e.Exercise, inline(e.Title))
		for _, v := range e.Checks {
			fmt.Fprintf(&b, "- %s %s", symbol(v.Status), inline(v.Called()))
			if score := v.Score(); score != "" {
				fmt.Fprintf(&b, " (%s)", score)
			}
			b.WriteString("\n")
			if text := plain(v, x); text != "" {
				fence := fenceFor(text)
				fmt.Fprintf(&b, "\n  %s\n  %s\n  %s\n\n", fence, strings.ReplaceAll(text, "\n", "\n  "), fence)
			}
		}
	}
	if r.Stretched > 0 {
		fmt.Fprintf(&b, "\nT%s.\n", slow(r.Stretched)[1:])
	}
	if r.Seed != 0 {
		fmt.Fprintf(&b, "\nSeed %d: with `--seed %d`, the same is drawn again.\n", r.Seed, r.Seed)
	}
	if r.Grader != "" {
		fmt.Fprintf(&b, "\nGraded by %s.\n", inline(r.Grader))
	}
	return b.Bytes(), nil
}

func symbol(s judge.Status) string {
	return map[judge.Status]string{
		judge.Pass: "✅ pass", judge.Fail: "❌ fail", judge.Skipped: "⏭️ skipped",
		judge.NotChecked: "❔ not checked", judge.Error: "⚠️ error",
	}[s]
}

// inline makes a line of text stand for itself in Markdown.
func inline(text string) string {
	var b strings.Builder
	for _, c := range Escape(text, maxPlainRunes) {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|&~@", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// fenceFor is a fence longer than any run of backticks in text.
func fenceFor(text string) string {
	longest, run := 2, 0
	for _, c := range text {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", longest+1)
}
