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
	fail   func(line, column int, text string) // counted from 0 and 1

	inFile  map[string]int // file → the script's line on which its text begins
	made    []string       // files that commands have made so far
	last    string         // the last command that ran the program
	raced   bool           // … with the race detector
	fixture bool
	failed  bool // something was not understood, so that what follows may be right
	claims  int  // what was claimed so far
}

// readScript reads a script's text. What it returns is whole only if nothing failed.
func readScript(text string, fail func(line, column int, text string)) *Script {
	archive := txtar.Parse([]byte(text))
	r := &scriptReader{script: &Script{Text: text, comment: string(archive.Comment), files: archive.Files}}
	r.fail = func(line, column int, text string) {
		r.failed = true
		fail(line, column, text)
	}
	r.readFiles()
	for i, line := range strings.Split(r.script.comment, "\n") {
		r.readLine(i, line)
	}
	switch {
	case r.failed: // what is missing may be what could not be read
	case r.last == "":
		fail(0, 1, "it runs nothing; it needs program, interleavings or speedup")
	case r.claims == 0:
		fail(0, 1, "it claims nothing; say at least expect exit 0")
	}
	return r.script
}

// readFiles finds where the archive's files begin, and refuses those that can't be.
func (r *scriptReader) readFiles() {
	r.inFile = map[string]int{}
	line := strings.Count(r.script.comment, "\n")
	for _, f := range r.script.files {
		_, again := r.inFile[f.Name]
		switch {
		case !localName(f.Name):
			r.fail(line, 1, fmt.Sprintf("the file %q leaves the script's folder", f.Name))
		case again:
			r.fail(line, 1, fmt.Sprintf("the file %q is there twice", f.Name))
		case strings.HasSuffix(f.Name, quotedFile):
			if _, err := strconv.Unquote(strings.TrimSpace(string(f.Data))); err != nil {
				r.fail(line+1, 1, fmt.Sprintf("the file %q is not one text in Go's quotes", f.Name))
			}
		}
		r.inFile[f.Name] = line + 1
		for i, text := range strings.Split(string(f.Data), "\n") {
			if found, why := badDraw(text); found != "" {
				r.fail(line+1+i, column(text, strings.Index(text, found)), why)
			}
			if found, why := badPID(text); found != "" {
				r.fail(line+1+i, column(text, strings.Index(text, found)), why)
			}
		}
		line += 1 + strings.Count(string(f.Data), "\n")
	}
}

// quotedFile ends the name of a file that holds one text in Go's quotes: txtar can't
// hold a text that lacks its last newline.
const quotedFile = ".quoted"

func (r *scriptReader) readLine(number int, line string) {
	at := func(byte int, text string) { r.fail(number, column(line, byte), text) }
	words, fault := readLine(line)
	if fault != nil {
		at(fault.at, fault.text)
		return
	}
	if len(words) == 0 {
		return
	}
	negated, first := false, words[0]
	switch {
	case strings.HasPrefix(first.text, "[") && !first.quoted:
		at(first.at, "conditions are refused: a check asks the same on every machine")
		return
	case first.text == "?":
		at(first.at, "? is refused: say what must hold")
		return
	case first.text == "!":
		negated, words = true, words[1:]
		if len(words) == 0 {
			at(first.at, "! stands alone; it turns round the expect or program behind it")
			return
		}
		first = words[0]
	}
	behind := words[1:] // the command's words, with where each stands
	name := first.text
	if long, n := longhand(words); n > 0 {
		said := strings.Fields(long)
		name, behind = said[0], nil
		for _, text := range said[1:] {
			behind = append(behind, word{text: text, at: first.at})
		}
		behind = append(behind, words[n:]...)
	}
	for _, w := range words {
		if found, why := strayBraces(w.text, name == "expect"); found != "" {
			at(w.at, why)
			return
		}
	}
	// What a draw may become is tried at both its ends.
	for _, end := range []func(low, high int) string{
		func(low, _ int) string { return strconv.Itoa(low) }, func(_, high int) string { return strconv.Itoa(high) },
	} {
		given := texts(behind)
		for i := range given {
			given[i] = ExpandDraws(given[i], end)
		}
		c, err := ReadCall(name, negated, given)
		var e *WordError
		if errors.As(err, &e) {
			where := first.at
			if e.Word >= 0 {
				where = behind[e.Word].at
			}
			at(where, e.Text)
			return
		}
		if len(r.script.Calls) == 0 || r.script.Calls[len(r.script.Calls)-1].line != number {
			c.line = number
			if file, text := r.follow(c); text != "" {
				where := first.at
				if file != "" {
					where = max(where, strings.LastIndex(line, file))
				}
				at(where, text)
				return
			}
			r.script.Calls = append(r.script.Calls, *c)
		}
	}
}

// follow checks a call against those before it. The file is the one that is at
// fault, if one is.
func (r *scriptReader) follow(c *Call) (file, fault string) {
	for _, name := range c.Files() {
		if text := r.missing(name); text != "" {
			return name, text
		}
	}
	return "", r.after(c)
}

func (r *scriptReader) after(c *Call) string {
	switch c.Command.Name {
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
	case "reference":
		r.made = append(r.made, "reference/stdout")
	case "expect":
		r.claims++
		return r.canExpect(c.Expect)
	case "interleavings", "idle":
		r.last, r.claims = c.Command.Name, r.claims+r.readEach(c.Each)
	case "speedup":
		r.last, r.claims = c.Command.Name, r.claims+1
	case "program":
		r.last, r.raced = c.Command.Name, c.Race
		if c.Negated {
			r.claims++
		}
	}
	return ""
}

// canExpect says what is missing before a claim.
func (r *scriptReader) canExpect(x *Expectation) string {
	switch {
	case r.failed:
	case r.last == "":
		return "expect stands before any program"
	case r.last != "program":
		return fmt.Sprintf("expect claims something of a program's runs, and the last command is %s", r.last)
	case x.Claim.Needs == "fixture" && !r.fixture:
		return fmt.Sprintf("expect %s stands without a fixture", x.Claim.Name)
	case x.Claim.Needs == "program -race" && !r.raced:
		return fmt.Sprintf("expect %s: only of a program that was run by program -race", x.Claim.Name)
	}
	return ""
}

// missing says why a call can't read a file.
func (r *scriptReader) missing(name string) string {
	if own, ok := strings.CutPrefix(name, "$EXERCISE/"); ok {
		if !localName(own) {
			return fmt.Sprintf("%q leaves the exercise's folder", name)
		}
		r.script.Reads = append(r.script.Reads, own)
		return ""
	}
	name = strings.TrimPrefix(name, "$WORK/")
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

// readEach reads the claims that must hold in every interleaving, and counts them.
func (r *scriptReader) readEach(name string) (claims int) {
	start, ok := r.inFile[strings.TrimPrefix(name, "$WORK/")]
	if !ok {
		return 1 // a file of the exercise's folder
	}
	i := slices.IndexFunc(r.script.files, func(f txtar.File) bool { return f.Name == strings.TrimPrefix(name, "$WORK/") })
	for n, line := range strings.Split(string(r.script.files[i].Data), "\n") {
		words, fault := readLine(line)
		if fault != nil {
			r.fail(start+n, column(line, fault.at), fault.text)
			continue
		}
		if len(words) == 0 {
			continue
		}
		claims++
		x, err := ReadEach(texts(words))
		var e *WordError
		if errors.As(err, &e) {
			r.fail(start+n, column(line, words[max(e.Word, 0)].at), e.Text)
			continue
		}
		if x.File != "" {
			if text := r.missing(x.File); text != "" {
				r.fail(start+n, column(line, strings.LastIndex(line, x.File)), text)
			}
		}
	}
	return claims
}
