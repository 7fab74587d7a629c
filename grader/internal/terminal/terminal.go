// Package terminal is the terminal of whoever calls the grader. In go a stream and what
// is going on; out come what the stream can show, a line of what is going on, and single
// keys.
package terminal

import (
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/report"
)

// Is reports whether a person reads what is written to w.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

// language is a bare language's name, as no locale has it.
var language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)

// Style asks the environment what w can show: NO_COLOR (https://no-color.org)
// and the locale's character set are respected.
func Style(w io.Writer) report.Style {
	locale := os.Getenv("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = os.Getenv(name)
		}
	}
	if language.MatchString(locale) { // of `make LANG=de`, which says nothing of character sets
		locale = ""
	}
	plain := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	return report.Style{
		Color: Is(w) && os.Getenv("NO_COLOR") == "",
		ASCII: locale != "" && !strings.Contains(plain, "utf8"),
		Width: Width(w),
		Fold:  Is(w),
	}
}

// Folded is where text for a person is written to w, in whole lines: what is wider than
// a terminal goes on below, as far from the edge as its line begins.
func Folded(w io.Writer) io.Writer {
	if !Is(w) {
		return w
	}
	return folded{w, Width(w)}
}

type folded struct {
	w     io.Writer
	width int
}

func (f folded) Write(p []byte) (int, error) {
	var b strings.Builder
	for line := range strings.Lines(string(p)) {
		text := strings.TrimSuffix(line, "\n")
		indent := len(text) - len(strings.TrimLeft(text, " "))
		b.WriteString(strings.Join(report.Fold(text, f.width, indent), "\n"))
		b.WriteString(line[len(text):])
	}
	_, err := io.WriteString(f.w, b.String())
	return len(p), err
}

// Columns of what is no terminal, and the bounds of what is.
const (
	plainWidth = 80
	leastWidth = 40
	mostWidth  = 132 // longer lines are hard to read
)

// Width is how many columns w has.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return plainWidth
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 {
		return plainWidth
	}
	return min(max(int(size.Col), leastWidth), mostWidth)
}

// Reads reports whether a person types what is read from r.
func Reads(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
