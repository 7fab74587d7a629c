//go:build unix

package box

import (
	"bytes"
	"regexp"
)

// sought is what is looked for in what comes bit by bit, each behind the one before. What
// is found does not depend on which bits they are.
type sought struct {
	wanted []wanted
	found  func()
	kept   []byte // of what has come, what may be the beginning of the next
	passed int    // how much has come before that
	left   int    // where the last one that was found ends, in all that has come
}

// wanted is a text, or what a whole line matches.
type wanted struct {
	text []byte
	line *regexp.Regexp
}

func (t *sought) look(p []byte) {
	t.kept = append(t.kept, p...)
	for len(t.wanted) > 0 {
		end, found := t.wanted[0].in(t.kept)
		t.kept, t.passed = t.kept[end:], t.passed+end
		if !found {
			return
		}
		t.wanted, t.left = t.wanted[1:], t.passed
		t.found()
	}
	t.kept = nil
}

// end is told that nothing more comes: that ends the last line.
func (t *sought) end() {
	if len(t.wanted) > 0 && t.wanted[0].line != nil && len(t.kept) > 0 {
		t.look([]byte("\n"))
	}
}

// in is where a text holds what is wanted: where that ends. If it does not, it is how much
// of the text can be forgotten.
func (w wanted) in(text []byte) (end int, found bool) {
	if w.line == nil {
		if i := bytes.Index(text, w.text); i >= 0 {
			return i + len(w.text), true
		}
		return max(0, len(text)-len(w.text)+1), false
	}
	for {
		length := bytes.IndexByte(text[end:], '\n')
		if length < 0 {
			return end, false
		}
		line := text[end : end+length]
		if end += length + 1; w.line.Match(line) {
			return end, true
		}
	}
}
