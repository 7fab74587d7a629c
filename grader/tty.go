package main

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"

	"lockstep/grader/internal/report"
)

// isTerminal says whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

// styleOf asks the environment what w can show: NO_COLOR (https://no-color.org)
// and the locale's character set are respected.
func styleOf(w io.Writer) report.Style {
	locale := os.Getenv("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = os.Getenv(name)
		}
	}
	plain := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	return report.Style{
		Color: isTerminal(w) && os.Getenv("NO_COLOR") == "",
		ASCII: locale != "" && !strings.Contains(plain, "utf8"),
		Width: widthOf(w),
	}
}

// Columns of what is no terminal, and the bounds of what is.
const (
	plainWidth = 80
	leastWidth = 40
	mostWidth  = 132 // longer lines are hard to read
)

// widthOf is how many columns w has.
func widthOf(w io.Writer) int {
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
