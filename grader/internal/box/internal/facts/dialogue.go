package facts

import "regexp"

// Turn is one step of a dialogue with a program: one of these.
type Turn struct {
	Send   string         // a text for standard input
	Expect string         // a text in standard output, from where the turn before left off
	Line   *regexp.Regexp // … or what a whole line matches, of those from there on; the output's end ends one
}

// Talk is how far a dialogue came.
type Talk struct {
	Turns []Turn
	Made  int    // so many of them: the program was sent what it was to be, or printed what was expected
	Since []byte // what it printed behind what was expected last
}

// Stuck is the turn that the program did not come to the end of; ok is false where it
// made them all.
func (t *Talk) Stuck() (turn Turn, ok bool) {
	if t == nil || t.Made == len(t.Turns) {
		return Turn{}, false
	}
	return t.Turns[t.Made], true
}
