//go:build unix

package box

import "errors"

// dialogue says to a program what it is to be told, each time that it has printed what is
// expected before. What is said waits for nobody: another goroutine writes it, and a
// program that does not read keeps only that one waiting.
type dialogue struct {
	talk   Talk
	sought sought
	say    chan []byte // closed once nothing more is said
	over   bool
}

// dialogueFits refuses a dialogue that nobody could have.
func dialogueFits(c Command) error {
	switch {
	case len(c.Dialogue) == 0:
		return nil
	case c.Stdin != nil:
		return errors.New("a dialogue takes the place of standard input")
	case c.Stdout != nil:
		return errors.New("a dialogue can't be about what another reads")
	}
	return nil
}

// newDialogue begins one: what is expected of nobody is said. nil: there is none.
func newDialogue(turns []Turn) *dialogue {
	if len(turns) == 0 {
		return nil
	}
	d := &dialogue{talk: Talk{Turns: turns}, say: make(chan []byte, len(turns))}
	d.sought.found = func() {
		d.talk.Made++
		d.speak()
	}
	for _, t := range turns {
		if t.Send == "" {
			d.sought.wanted = append(d.sought.wanted, wanted{[]byte(t.Expect), t.Line})
		}
	}
	d.speak()
	return d
}

// speak says all up to what is expected next.
func (d *dialogue) speak() {
	for d.talk.Made < len(d.talk.Turns) {
		text := d.talk.Turns[d.talk.Made].Send
		if text == "" {
			return
		}
		d.say <- []byte(text)
		d.talk.Made++
	}
	d.hush()
}

// hush ends what the program can read.
func (d *dialogue) hush() {
	if !d.over {
		close(d.say)
	}
	d.over = true
}

// end is told that nothing more is printed.
func (d *dialogue) end() {
	d.sought.end()
	d.hush()
}

// told is how far it came in a run that is over.
func (d *dialogue) told(stdout []byte) *Talk {
	if d == nil {
		return nil
	}
	d.talk.Since = stdout[min(d.sought.left, len(stdout)):]
	return &d.talk
}
