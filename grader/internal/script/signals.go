package script

import (
	"fmt"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// boxSignals are signals as the box sends them.
func boxSignals(all []exercise.Signal) []box.Signal {
	var out []box.Signal
	for _, s := range all {
		sent := box.Signal{Number: exercise.Signalled[s.Name], Group: s.To == exercise.Group, Child: s.Child, Children: s.Children, After: s.After}
		if !sent.Group {
			sent.Name = s.To
		}
		out = append(out, sent)
	}
	return out
}

// claimSignals holds when the program came to where each of its signals was sent.
func claimSignals(o *box.Observation) Claim {
	c := Claim{Subject: "signals", Outcome: exercise.OfSignals, Holds: true}
	for i := range o.Signals {
		s := &o.Signals[i]
		if s.Lacking == "" {
			continue
		}
		c.Holds = false
		c.Want = fmt.Sprintf("%s is sent to %s %s", nameOf(s), receiverOf(s), occasion(s))
		c.Got = lacking(s) + ", and " + ending(o)
		c.Said = append(excerpt("stdout", o.Stdout.Bytes, 4), excerpt("stderr", o.Stderr.Bytes, 8)...)
		// Children may have been there that were not seen. And who has been sent a signal
		// may come to its end before the next one, which is no fault of its own.
		c.Unseen = s.Lacking != box.TheText && (i > 0 || (s.Children > 0 || s.Child > 0 || s.Name != "") && len(o.Unseen) > 0)
		break
	}
	return c
}

// ending is how a run came to its end.
func ending(o *box.Observation) string {
	if o.Exceeded != nil {
		return fmt.Sprintf("the program was stopped at the %s limit: %s", o.Exceeded.Limit, o.Exceeded.Seen)
	}
	return "the program ended: " + describeExit(o.Exit)
}

// Signalled says what became of a run's signals, one a line.
func Signalled(o *box.Observation) []string {
	var lines []string
	for i := range o.Signals {
		s := &o.Signals[i]
		if s.Lacking != "" {
			lines = append(lines, fmt.Sprintf("%s was not sent: %s", nameOf(s), lacking(s)))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s sent to %s (pid %d) after %s, %s", nameOf(s), receiverOf(s), s.PID, s.At.Round(100*time.Microsecond), occasion(s)))
	}
	return lines
}

func nameOf(s *box.Sent) string {
	for name, number := range exercise.Signalled {
		if number == s.Number {
			return "SIG" + name
		}
	}
	return s.Number.String()
}

func receiverOf(s *box.Sent) string {
	switch {
	case s.Group:
		return "the program and its children"
	case s.Child > 0:
		return fmt.Sprintf("child %d", s.Child)
	case s.Name != "":
		return s.Name
	}
	return "the program"
}

// occasion is what a signal comes after.
func occasion(s *box.Sent) string {
	if s.After != "" {
		return fmt.Sprintf("once %q is printed", s.After)
	}
	return fmt.Sprintf("while %s at once", plural(fmt.Sprint(s.Children), "child lives", "children live"))
}

// lacking says what there was not.
func lacking(s *box.Sent) string {
	switch s.Lacking {
	case box.TheText:
		return fmt.Sprintf("%q was not printed", s.After)
	case box.TheChildren:
		return fmt.Sprintf("at most %s at once", plural(fmt.Sprint(s.Most), "child lived", "children lived"))
	case box.TheReceiver:
		return receiverOf(s) + " was not alive then"
	}
	return "the signal before it was not sent"
}
