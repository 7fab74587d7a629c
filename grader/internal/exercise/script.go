package exercise

import (
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Script is a check written as a testscript script. It was read by the table of
// commands that also runs it.
type Script struct {
	Text  string   // as the instructor wrote it
	Calls []Call   // its lines, in order
	Reads []string // files of the exercise's folder

	comment string // what comes before the files
	files   []txtar.File
}

// shorthands are words that a script may begin a line with, and what they stand for.
var shorthands = []struct{ short, long string }{
	{"cmp stderr", "expect stderr equals"},
	{"cmp stdout", "expect stdout equals"},
	{"stderr", "expect stderr matches"},
	{"stdout", "expect stdout matches"},
}

// Expand returns the text that testscript runs: shorthands are written out, and
// draws drawn. Every line and every file begins them anew, so that two lines that
// draw alike get the same numbers.
func (s *Script) Expand(begin func() func(low, high int) string) string {
	var text strings.Builder
	for line := range strings.Lines(s.comment) {
		text.WriteString(ExpandDraws(writeOut(line), begin()))
	}
	archive := &txtar.Archive{Comment: []byte(text.String())}
	for _, f := range s.files {
		archive.Files = append(archive.Files, txtar.File{Name: f.Name, Data: []byte(ExpandDraws(string(f.Data), begin()))})
	}
	return string(txtar.Format(archive))
}

// writeOut replaces a shorthand at a line's beginning.
func writeOut(line string) string {
	words, fault := readLine(line)
	if fault != nil {
		return line
	}
	start := 0
	if len(words) > 0 && words[0].text == "!" {
		words, start = words[1:], 1
	}
	long, n := longhand(words)
	if n == 0 {
		return line
	}
	rest := "\n"
	if n < len(words) {
		rest = " " + line[words[n].at:]
	}
	return strings.Repeat("! ", start) + long + rest
}

// longhand returns what a line's first words stand for, and how many they are.
func longhand(words []word) (long string, n int) {
	for _, s := range shorthands {
		short := strings.Fields(s.short)
		if len(words) >= len(short) && slices.Equal(texts(words[:len(short)]), short) {
			return s.long, len(short)
		}
	}
	return "", 0
}

// Uses says whether a command stands in the script.
func (s *Script) Uses(command string) bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Command.Name == command })
}

// Races says whether the program is run with the race detector.
func (s *Script) Races() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Race })
}
