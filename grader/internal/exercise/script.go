package exercise

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Script is a check as testscript runs it, and as the values that its lines stand for.
// Those of an instructor's are read once, when the exercise is loaded; what a key says
// is a value before it is a line.
type Script struct {
	Text  string            // commands, then files: a txtar archive
	Calls []Call            // its lines, in order
	Files map[string]string // its files' texts, by name

	comment string // of an instructor's, what comes before the files
	files   []txtar.File
	reads   []string // files of the exercise's folder that an instructor's names
}

// inExercise begins the name of a file in the exercise's folder.
const inExercise = "$EXERCISE/"

// quotedFile ends the name of a file that holds one text in Go's quotes: txtar can't
// hold a text that lacks its last newline, or has a line that looks like a header.
const quotedFile = ".quoted"

// shorthands are words that a script may begin a line with, and what they stand for.
var shorthands = []struct{ short, long string }{
	{"cmp stderr", "expect stderr equals"},
	{"cmp stdout", "expect stdout equals"},
	{"stderr", "expect stderr matches"},
	{"stdout", "expect stdout matches"},
}

// NewScript is a script of which nothing is written yet.
func NewScript() *Script { return &Script{Files: map[string]string{}} }

// File adds a file, if there is none of that name yet, and returns what lines call it.
func (s *Script) File(name, text string) string {
	data := text
	if (data != "" && !strings.HasSuffix(data, "\n")) || len(txtar.Parse([]byte(data)).Files) > 0 {
		name, data = name+quotedFile, strconv.Quote(text)+"\n"
	}
	if _, there := s.Files[name]; !there {
		s.Files[name] = text
		s.files = append(s.files, txtar.File{Name: name, Data: []byte(data)})
	}
	return name
}

// ClaimFile adds a file of claims, one a line.
func (s *Script) ClaimFile(name string, claims []Expectation) string {
	var text strings.Builder
	for _, x := range claims {
		text.WriteString(quoteAll(x.words()) + "\n")
	}
	return s.File(name, text.String())
}

// Write makes the text of what was added to the script, below a line that says what
// it is.
func (s *Script) Write(title string) {
	text := "# " + title + "\n"
	for i := range s.Calls {
		text += s.Calls[i].String() + "\n"
	}
	s.Text = string(txtar.Format(&txtar.Archive{Comment: []byte(text), Files: s.files}))
}

// Draw is an instructor's script for one seed: draws are drawn, and the text has its
// shorthands written out. Every line and every file begins the draws anew, so that two
// lines that draw alike get the same numbers. The folder is the exercise's.
func (s *Script) Draw(folder string, begin func(part int) Pick) *Script {
	drawn := NewScript()
	for _, f := range s.files {
		data := ExpandDraws(string(f.Data), begin(0))
		if turns := s.turns(f.Name); turns != nil {
			if said, err := DrawTurns(turns, begin); err == nil { // as the line that names it says
				data = TurnLines(said)
			}
		}
		drawn.files = append(drawn.files, txtar.File{Name: f.Name, Data: []byte(data)})
		drawn.Files[f.Name] = FileText(f.Name, data)
	}
	for _, c := range s.Calls {
		drawn.Calls = append(drawn.Calls, c.draw(folder, begin, s.Files, drawn.Files))
	}
	var text strings.Builder
	for line := range strings.Lines(s.comment) {
		text.WriteString(ExpandDraws(writeOut(line), begin(0)))
	}
	drawn.Text = string(txtar.Format(&txtar.Archive{Comment: []byte(text.String()), Files: drawn.files}))
	return drawn
}

// turns are those of a file that a line calls a dialogue.
func (s *Script) turns(name string) []Turn {
	for _, c := range s.Calls {
		if local(c.Dialogue) == name {
			return c.Turns
		}
	}
	return nil
}

// draw is a line with its draws drawn, and the folder's name where the program is
// given it. One that leaves nothing open stays as it was read.
func (c Call) draw(folder string, begin func(part int) Pick, before, after map[string]string) Call {
	words, named, pick := texts(c.words), false, begin(0)
	for i, w := range c.words {
		words[i] = ExpandDraws(w.text, pick)
		named = named || w.named
	}
	if !slices.Equal(words, texts(c.words)) {
		drawn, err := ReadCall(c.Name, c.Not, words)
		if err != nil {
			return Call{Name: c.Name, Err: err}
		}
		if c.Name != "expect" {
			drawn.Claims = c.Claims
		}
		drawn.SerialArgs, drawn.Turns = c.SerialArgs, c.Turns
		c = *drawn
	}
	if named {
		c.Args, c.Env = slices.Clone(c.Args), slices.Clone(c.Env)
		for _, given := range [][]string{c.Args, c.Env} {
			for i := range given {
				given[i] = strings.ReplaceAll(given[i], "$EXERCISE", folder)
			}
		}
	}
	if text := after[local(c.Each)]; text != before[local(c.Each)] {
		c.Claims = readClaims(text, func(_, _ int, why string) { c.Err = errors.New(why) }, func(Expectation) string { return "" })
	}
	if _, ok := after[local(c.Dialogue)]; ok {
		turns, err := DrawTurns(c.Turns, begin)
		c.Turns, c.Err = turns, errors.Join(c.Err, err)
	}
	if text := after[local(c.Serial)]; text != before[local(c.Serial)] {
		c.SerialArgs = linesOf(text)
	}
	return c
}

// FileText is the text that a file stands for.
func FileText(name, data string) string {
	if !strings.HasSuffix(name, quotedFile) {
		return data
	}
	text, err := strconv.Unquote(strings.TrimSpace(data))
	if err != nil {
		return data // told when it was read
	}
	return text
}

// local is the name of a file in the script's folder.
func local(name string) string { return strings.TrimPrefix(name, "$WORK/") }

// linesOf are a text's lines without their ends.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return slices.Collect(strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n"))
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

// Uses reports whether a command stands in the script.
func (s *Script) Uses(command string) bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Name == command })
}

// Leaves reports whether something is claimed of the files that runs leave.
func (s *Script) Leaves() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool {
		return slices.ContainsFunc(c.Claims, func(x Expectation) bool { _, ok := x.(Leaves); return ok })
	})
}

// Races reports whether the program is run with the race detector.
func (s *Script) Races() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Race })
}
