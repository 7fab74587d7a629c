package exercise

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// scriptReader reads a script, and tells its faults at their lines and columns.
type scriptReader struct {
	script *Script
	open   opener
	fail   failer

	inFile  map[string]int // file → the script's line on which its text begins
	made    []string       // files that commands have made so far
	last    string         // the last command that ran the program
	raced   bool           // … with the race detector
	fixture bool
	folder  bool
	failed  bool // something was not understood, so that what follows may be right
	claims  int  // what was claimed so far
}

// opener returns the text of a file of the exercise's folder; nil where none is looked at.
type opener func(name string) ([]byte, error)

// failer is told of a fault, in the script itself or in a file of the exercise's
// folder. Lines are counted from 0, columns from 1.
type failer func(file string, line, column int, text string)

// readScript reads a script's text. What it returns is whole only if nothing failed.
func readScript(text string, open opener, fail failer) *Script {
	archive := txtar.Parse([]byte(text))
	r := &scriptReader{script: NewScript(), open: open, inFile: map[string]int{}}
	r.script.Text, r.script.comment, r.script.files = text, string(archive.Comment), archive.Files
	r.fail = func(file string, line, column int, text string) {
		r.failed = true
		fail(file, line, column, text)
	}
	r.readFiles()
	for i, line := range strings.Split(r.script.comment, "\n") {
		if at, text := r.readLine(i, line); text != "" {
			r.fail("", i, column(line, at), text)
		}
	}
	switch {
	case r.failed: // what is missing may be what could not be read
	case r.last == "":
		r.fail("", 0, 1, "it runs nothing; it needs program, interleavings or speedup")
	case r.claims == 0:
		r.fail("", 0, 1, "it claims nothing; say at least expect exit 0")
	}
	return r.script
}

// readFiles finds where the archive's files begin, and refuses those that can't be.
func (r *scriptReader) readFiles() {
	line := strings.Count(r.script.comment, "\n")
	for _, f := range r.script.files {
		_, again := r.inFile[f.Name]
		switch {
		case !localName(f.Name):
			r.fail("", line, 1, fmt.Sprintf("the file %q leaves the script's folder", f.Name))
		case again:
			r.fail("", line, 1, fmt.Sprintf("the file %q is there twice", f.Name))
		case strings.HasSuffix(f.Name, quotedFile):
			if _, err := strconv.Unquote(strings.TrimSpace(string(f.Data))); err != nil {
				r.fail("", line+1, 1, fmt.Sprintf("the file %q is not one text in Go's quotes", f.Name))
			}
		}
		r.inFile[f.Name] = line + 1
		r.script.Files[f.Name] = FileText(f.Name, string(f.Data))
		for i, text := range strings.Split(string(f.Data), "\n") {
			if found, why := badDraw(text); found != "" {
				r.fail("", line+1+i, column(text, strings.Index(text, found)), why)
			}
			if found, why := badPID(text); found != "" {
				r.fail("", line+1+i, column(text, strings.Index(text, found)), why)
			}
		}
		line += 1 + strings.Count(string(f.Data), "\n")
	}
}

// readLine reads a line and adds what it says to the script. A fault is at a byte.
func (r *scriptReader) readLine(number int, line string) (at int, fault string) {
	words, slip := readLine(line)
	if slip != nil {
		return slip.at, slip.text
	}
	if strings.Contains(mostDrawn(line), "\n") {
		return strings.Index(line, "{{"), "a list of lines can't stand on a line of a script: put it in a file"
	}
	if len(words) == 0 {
		return 0, ""
	}
	negated, first := false, words[0]
	switch {
	case strings.HasPrefix(first.text, "[") && !first.quoted:
		return first.at, "conditions are refused: a check asks the same on every machine"
	case first.text == "?":
		return first.at, "? is refused: say what must hold"
	case first.text == "!" && len(words) == 1:
		return first.at, "! stands alone; it turns round the expect or program behind it"
	case first.text == "!":
		negated, words, first = true, words[1:], words[1]
	}
	name, behind := writtenOut(words)
	for _, w := range words {
		if found, why := strayBraces(w.text, name == "expect"); found != "" {
			return w.at, why
		}
	}
	c, err := readEnds(name, negated, behind)
	var e *WordError
	if errors.As(err, &e) {
		if e.Word >= 0 {
			return behind[e.Word].at, e.Text
		}
		return first.at, e.Text
	}
	c.line, c.words = number, behind
	if file, text := r.follow(c); text != "" {
		if at = first.at; file != "" {
			at = max(at, strings.LastIndex(line, file))
		}
		return at, text
	}
	r.script.Calls = append(r.script.Calls, *c)
	return 0, ""
}

// writtenOut is a line's command and the words behind it, with where each stands.
func writtenOut(words []word) (name string, behind []word) {
	long, n := longhand(words)
	if n == 0 {
		return words[0].text, words[1:]
	}
	said := strings.Fields(long)
	for _, text := range said[1:] {
		behind = append(behind, word{text: text, at: words[0].at})
	}
	return said[0], append(behind, words[n:]...)
}

// readEnds tries what draws may become at both their ends, and returns the lower.
func readEnds(name string, negated bool, words []word) (*Call, error) {
	read := func(end Pick) (*Call, error) {
		given := texts(words)
		for i := range given {
			given[i] = ExpandDraws(given[i], end)
		}
		return ReadCall(name, negated, given)
	}
	c, err := read(func(low, _ int) int { return low })
	if err == nil {
		_, err = read(func(_, high int) int { return high })
	}
	return c, err
}

// follow checks a call against those before it. The file is the one that is at
// fault, if one is.
func (r *scriptReader) follow(c *Call) (file, fault string) {
	for _, name := range c.files() {
		if text := r.missing(name); text != "" {
			return name, text
		}
	}
	if slices.Contains(r.made, local(c.Dialogue)) {
		return c.Dialogue, "a dialogue is written down, and not made by a command"
	}
	if c.Dialogue != "" {
		c.Turns = r.readDialogue(c.Dialogue)
	}
	return "", r.after(c)
}

func (r *scriptReader) after(c *Call) string {
	switch c.Name {
	case "cp":
		if r.last != "program" && !r.failed {
			return "cp stands before any program"
		}
		r.made = append(r.made, c.Args[1])
	case "fixture":
		if r.last != "" || r.fixture {
			return "a script has one fixture at most, before the program is run"
		}
		r.fixture = true
	case "folder":
		if r.last != "" || r.folder {
			return "a script has one folder at most, before the program is run"
		}
		r.folder = true
	case "reference":
		r.made = append(r.made, "reference/stdout")
	case "expect":
		r.claims++
		if o, ok := c.Claims[0].(Output); ok && o.How == "order" && !slices.Contains(r.made, local(o.File)) {
			if why := disordered(linesOf(r.text(o.File))); why != "" {
				return fmt.Sprintf("expect %s order: the file %s: %s", o.Stream, o.File, why)
			}
		}
		return r.canExpect(c.Claims[0])
	case "interleavings", "idle":
		c.Claims = r.readEach(c.Each)
		r.last, r.claims = c.Name, r.claims+len(c.Claims)
	case "speedup":
		c.SerialArgs = linesOf(r.text(c.Serial))
		r.last, r.claims = c.Name, r.claims+1
	case "program":
		r.last, r.raced = c.Name, c.Race
		if c.Not {
			r.claims++
		}
	}
	return ""
}

// canExpect says what is missing before a claim.
func (r *scriptReader) canExpect(x Expectation) string {
	claim, _ := claimed(x)
	switch {
	case r.failed:
	case r.last == "":
		return "expect stands before any program"
	case r.last != "program":
		return fmt.Sprintf("expect claims something of a program's runs, and the last command is %s", r.last)
	case claim.Needs == "fixture" && !r.fixture:
		return fmt.Sprintf("expect %s stands without a fixture", claim.Name)
	case claim.Needs == "program -race" && !r.raced:
		return fmt.Sprintf("expect %s: only of a program that was run by program -race", claim.Name)
	}
	return ""
}

// missing says why a call can't read a file.
func (r *scriptReader) missing(name string) string {
	if own, ok := strings.CutPrefix(name, inExercise); ok {
		if !localName(own) {
			return fmt.Sprintf("%q leaves the exercise's folder", name)
		}
		r.script.reads = append(r.script.reads, own)
		return ""
	}
	name = local(name)
	if _, ok := r.inFile[name]; ok || slices.Contains(r.made, name) {
		return ""
	}
	if name == "reference/stdout" {
		return "reference/stdout is made by the command reference, which does not stand before"
	}
	known := append(sorted(r.inFile), r.made...)
	if near, ok := Nearest(name, known); ok {
		return fmt.Sprintf("there is no file %q in the script; did you mean %s?", name, near)
	}
	return fmt.Sprintf("there is no file %q in the script; it is written below the commands, after a line -- %s --", name, name)
}

// text is that of a file of the script or of the exercise's folder, as far as it is
// known: one that is not there is told of elsewhere.
func (r *scriptReader) text(name string) string {
	own, ok := strings.CutPrefix(name, inExercise)
	if !ok {
		return r.script.Files[local(name)]
	}
	if r.open == nil {
		return ""
	}
	text, _ := r.open(own)
	return string(text)
}

// readEach reads a file of claims that must hold in every run.
func (r *scriptReader) readEach(name string) []Expectation {
	file, own := strings.CutPrefix(name, inExercise)
	start := r.inFile[local(name)]
	if !own {
		file = ""
	} else if r.open == nil {
		r.claims++ // nobody looks
	}
	return readClaims(r.text(name), func(line, column int, text string) { r.fail(file, start+line, column, text) },
		func(x Expectation) string {
			if fileOf(x) == "" {
				return ""
			}
			return r.missing(fileOf(x))
		})
}

// readDialogue reads a file of a dialogue's steps.
func (r *scriptReader) readDialogue(name string) []Turn {
	file, own := strings.CutPrefix(name, inExercise)
	start := r.inFile[local(name)]
	if !own {
		file = ""
	} else if r.open == nil {
		return nil // nobody looks
	}
	return readTurns(r.text(name), func(line int, why string) { r.fail(file, start+line, 1, why) })
}

// readClaims reads claims, one a line. Lacks says of each what else is wrong with it,
// which is the file that it names.
func readClaims(text string, fail func(line, column int, text string), lacks func(Expectation) string) []Expectation {
	var claims []Expectation
	for n, line := range strings.Split(text, "\n") {
		words, slip := readLine(line)
		if slip != nil {
			fail(n, column(line, slip.at), slip.text)
			continue
		}
		if len(words) == 0 {
			continue
		}
		x, err := readEach(texts(words))
		var e *WordError
		if errors.As(err, &e) {
			fail(n, column(line, words[max(e.Word, 0)].at), e.Text)
			continue
		}
		if why := lacks(x); why != "" {
			fail(n, column(line, strings.LastIndex(line, fileOf(x))), why)
		}
		claims = append(claims, x)
	}
	return claims
}
