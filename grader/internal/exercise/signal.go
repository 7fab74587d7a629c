package exercise

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

// Signal is one that the program is sent while it runs, and when: "TERM after ready".
type Signal struct {
	Name     string // one of Signalled
	To       string // Group, the name of a child, or "": the program itself, or the Child
	Child    int    // the number of a child, the first that was started being 1
	After    string // a text that was printed to standard output; or else:
	Children int    // how many children live at one moment
}

// Group is the program and all its children that have not left it, who get what a
// terminal sends.
const Group = "group"

// Signalled are the signals that there are.
var Signalled = map[string]syscall.Signal{
	"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "QUIT": syscall.SIGQUIT, "TERM": syscall.SIGTERM,
}

// mostSignals is how many a run can be sent.
const mostSignals = 8

// signalForm is how a signal is written.
const signalForm = `^(HUP|INT|KILL|QUIT|TERM)( to (first|group|child [1-9][0-9]{0,2}|[^ ]+))? (after ([^\n\r]*[^\n\r ])|at ([1-9][0-9]{0,2}) child(ren)?)$`

var signalParts = form(signalForm)

func (s *Signal) parse(text string) error {
	parts := signalParts().FindStringSubmatch(text)
	if parts == nil {
		return fmt.Errorf(`HUP, INT, KILL, QUIT or TERM, to whom and when, such as "TERM after ready", "INT to group after ready" or "KILL to child 2 at 3 children"`)
	}
	if strings.Contains(parts[5], "{{") {
		return errors.New("a text as it is printed: nothing is drawn in it")
	}
	*s = Signal{Name: parts[1], To: parts[3], After: parts[5]}
	if number, ok := strings.CutPrefix(s.To, "child "); ok {
		s.To = ""
		s.Child, _ = strconv.Atoi(number)
	}
	if s.To == "first" {
		s.To = ""
	}
	s.Children, _ = strconv.Atoi(parts[6])
	return nil
}

// String writes a signal as it can be read back.
func (s Signal) String() string {
	text := s.Name
	switch {
	case s.Child != 0:
		text += fmt.Sprintf(" to child %d", s.Child)
	case s.To != "":
		text += " to " + s.To
	}
	switch s.Children {
	case 0:
		return text + " after " + s.After
	case 1:
		return text + " at 1 child"
	}
	return fmt.Sprintf("%s at %d children", text, s.Children)
}

// validateSignals checks what is said beside signals.
func (d *decoder) validateSignals(e *Exercise, c *Check, where string) {
	at, given := &c.Signals, len(c.Signals) > 0
	if _, there := d.places[at]; there && !given || len(c.Signals) > mostSignals {
		d.at(at, "%s: signals: found %d, needs 1 to %d", where, len(c.Signals), mostSignals)
	}
	p := c.Processes
	switch {
	case !given:
	case c.Races != nil:
		d.at(at, "%s: signals are sent to plain runs, whose interleavings are not explored: give races a check of its own", where)
	case p != nil && (p.Needed == Each || p.Used != ""):
		d.at(at, "%s: signals: with them, only all the children's work can be left out at once: write needed: together", where)
	}
	for i, s := range c.Signals {
		if s.Children >= e.LimitsOf(c).most() {
			d.at(&c.Signals[i], "%s: signals[%d]: found %q, but %s", where, i+1, s, e.LimitsOf(c).few())
		}
	}
}
