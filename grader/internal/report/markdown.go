package report

import (
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/judge"
)

// maxMarkdown keeps a job summary below GitHub's bound of 1 MiB for one step.
const maxMarkdown = 900 << 10

// WriteMarkdown writes the report as GitHub Flavored Markdown: a job's summary, a
// release's text. What a program printed stands only inside code blocks whose
// fences it can't close.
func (r *Report) WriteMarkdown(w io.Writer) error {
	points, most := r.total()
	var b strings.Builder
	if r.Status == judge.Error {
		fmt.Fprintf(&b, "### No score: the grader broke\n\nWhat it could grade has %d of %d points; the rest is neither passed nor failed. Tell your teacher.\n\n", points, most)
	} else {
		fmt.Fprintf(&b, "### %d of %d points\n\n", points, most)
	}
	b.WriteString("| exercise | | points |\n|---|---|---:|\n")
	for _, e := range r.Exercises {
		fmt.Fprintf(&b, "| %s %s | %s | %d/%d |\n", e.Exercise, inline(e.Title), symbol(e.Status), e.Points, e.Max)
	}
	for _, e := range r.Exercises {
		if e.Status == judge.Pass {
			continue
		}
		fmt.Fprintf(&b, "\n#### %s %s\n\n", e.Exercise, inline(e.Title))
		for _, v := range e.Checks {
			fmt.Fprintf(&b, "- %s %s", symbol(v.Status), inline(v.Check))
			if v.Max > 0 {
				fmt.Fprintf(&b, " (%d/%d)", v.Points, v.Max)
			}
			b.WriteString("\n")
			if text := plain(v); text != "" {
				fence := fenceFor(text)
				fmt.Fprintf(&b, "\n  %s\n  %s\n  %s\n\n", fence, strings.ReplaceAll(text, "\n", "\n  "), fence)
			}
			if b.Len() > maxMarkdown {
				b.WriteString("\n… the rest is too long for a summary; it stands in the log.\n")
				_, err := io.WriteString(w, b.String())
				return err
			}
		}
	}
	if r.Stretched > 0 {
		fmt.Fprintf(&b, "\nT%s.\n", slow(r.Stretched)[1:])
	}
	if r.Seed != 0 {
		fmt.Fprintf(&b, "\nSeed %d: with `--seed %d`, the same is drawn again.\n", r.Seed, r.Seed)
	}
	_, err := io.WriteString(w, b.String())
	return err
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
