package exercise

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Turn is one step of a dialogue, in which one of its keys stands.
type Turn struct {
	// A text that standard output must hold before the dialogue goes on, from where the step
	// before left off.
	Expect string `yaml:"expect" text:"exact"`
	// A regular expression that a whole line must match, in the place of a text; of the
	// line in which the step before leaves off, it is the rest.
	ExpectMatch *Pattern `yaml:"expect_match"`
	// A text that the program can then read from its standard input. What is drawn in the
	// steps behind it, up to the next that sends, is what was drawn here.
	Send string `yaml:"send" text:"exact"`
}

// Regexp is what a line must match; nil where it need not match anything.
func (t Turn) Regexp() *regexp.Regexp {
	if t.ExpectMatch == nil {
		return nil
	}
	return regexp.MustCompile(t.ExpectMatch.text)
}

// expects reports whether the program must print something.
func (t Turn) expects() bool { return t.Expect != "" || t.ExpectMatch != nil }

// said is what stands behind the step's key.
func (t Turn) said() string {
	if t.ExpectMatch != nil {
		return t.ExpectMatch.text
	}
	return t.Expect + t.Send
}

// String writes a step as a script's file has it.
func (t Turn) String() string {
	switch {
	case t.Send != "":
		return "send " + strconv.Quote(t.Send)
	case t.ExpectMatch == nil:
		return "expect " + strconv.Quote(t.Expect)
	case strconv.CanBackquote(t.said()):
		return "match `" + t.said() + "`"
	}
	return "match " + strconv.Quote(t.said())
}

// readTurn reads a line of such a file.
func readTurn(line string) (t Turn, err error) {
	word, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
	text, err := strconv.Unquote(strings.TrimSpace(quoted))
	if err != nil {
		return t, errors.New("a line of a dialogue is expect, match or send, and a text in double quotes, as Go has them")
	}
	switch word {
	case "expect":
		t.Expect = text
	case "send":
		t.Send = text
	case "match":
		t.ExpectMatch = &Pattern{}
		if err := t.ExpectMatch.parse(text); err != nil {
			return t, fmt.Errorf("match: found %q, needs %w", text, err)
		}
	default:
		return t, fmt.Errorf("there is no step %q in a dialogue; there are expect, match and send", word)
	}
	return t, nil
}

// TurnLines writes a dialogue as the file of a script.
func TurnLines(turns []Turn) string {
	var text strings.Builder
	for _, t := range turns {
		text.WriteString(t.String() + "\n")
	}
	return text.String()
}

// readTurns reads such a file, and tells its first fault at its line, counted from 0.
func readTurns(text string, fail func(line int, why string)) []Turn {
	var turns []Turn
	for n, line := range linesOf(text) {
		t, err := readTurn(line)
		why := t.unfit()
		if err != nil {
			why = err.Error()
		}
		if why != "" {
			fail(n, why)
			return nil
		}
		turns = append(turns, t)
	}
	if silent(turns) {
		fail(0, expectsNothing)
	}
	return turns
}

// silent reports whether a program can print what it likes in a dialogue.
func silent(turns []Turn) bool {
	for _, t := range turns {
		if t.expects() {
			return false
		}
	}
	return true
}

const expectsNothing = "the dialogue expects nothing: give what it sends by stdin"

// unfit says why a step says nothing that can be.
func (t Turn) unfit() string {
	text := t.said()
	if text == "" {
		return "the text of a step is empty"
	}
	if _, why := badDraw(text); why != "" {
		return why
	}
	if found := nearPID().FindString(text); found != "" {
		return fmt.Sprintf("found %q, but no process's pid is known to a dialogue", found)
	}
	if most := mostDrawn(text); t.ExpectMatch != nil && strings.Contains(most, "\n") {
		return "a line holds no line break"
	}
	return ""
}

// DrawTurns are steps with their draws drawn. Begin begins the draws of a part of the
// dialogue anew: 0 is all before the first step that sends, where they are those of the
// program's arguments, and each that sends begins another.
func DrawTurns(turns []Turn, begin func(part int) Pick) ([]Turn, error) {
	var drawn []Turn
	part := 0
	for _, t := range turns {
		if t.Send != "" {
			part++
		}
		pick := begin(part)
		d := Turn{Expect: ExpandDraws(t.Expect, pick), Send: ExpandDraws(t.Send, pick)}
		if t.ExpectMatch != nil {
			d.ExpectMatch = &Pattern{}
			if err := d.ExpectMatch.parse(ExpandDraws(t.ExpectMatch.text, pick)); err != nil {
				return nil, fmt.Errorf("a draw makes %s what can't be matched: %w", t, err)
			}
		}
		drawn = append(drawn, d)
	}
	return drawn, nil
}

// validateDialogue checks the steps of a run's dialogue, and what is said beside it.
func (d *decoder) validateDialogue(c *Check, r *Run, where string) {
	at := &r.Dialogue
	if _, given := d.places[at]; !given {
		return
	}
	p := c.Processes
	switch _, both := d.places[&r.Stdin]; {
	case len(r.Dialogue) == 0:
		d.at(at, "%s: dialogue has no steps", where)
	case both:
		d.at(at, "%s: dialogue takes the place of stdin: keep one", where)
	case c.Speedup != nil:
		d.at(at, "%s: dialogue: runs that are compared by their speed wait for nobody; give the input by stdin", where)
	case c.Races != nil:
		d.at(at, "%s: dialogue: interleavings are explored of programs that nobody talks to: give races a check of its own", where)
	case p != nil && (p.Needed == Each || p.Used != ""):
		d.at(at, "%s: dialogue: beside it, only all the children's work can be left out at once: write needed: together", where)
	case silent(r.Dialogue):
		d.at(at, "%s: %s", where, expectsNothing)
	}
	for i := range r.Dialogue {
		t, keys := &r.Dialogue[i], 0
		for _, key := range []any{&t.Expect, &t.ExpectMatch, &t.Send} {
			if _, given := d.places[key]; given {
				keys++
			}
		}
		switch why := t.unfit(); {
		case keys != 1:
			d.at(t, "%s: dialogue[%d] needs one of expect, expect_match and send", where, i+1)
		case t.ExpectMatch != nil && t.ExpectMatch.text == "": // as was said
		case why != "":
			d.at(t, "%s: dialogue[%d]: %s", where, i+1, why)
		}
	}
}
