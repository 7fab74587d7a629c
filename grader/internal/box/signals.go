//go:build unix

package box

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// MostSignals is how many signals a run can be sent.
const MostSignals = 8

// heedSignals lets programs begin with no signal ignored. A grader that a shell started in
// its background ignores SIGINT, one under nohup SIGHUP, and so would all that they start;
// but what a process handles itself, its children begin with as usual.
func heedSignals() { signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGHUP) }

// signalsFit refuses signals that can't be sent, or of which nobody can tell when.
func signalsFit(c Command, s Setup) error {
	if len(c.Signals) == 0 {
		return nil
	}
	switch {
	case s.Unwatched:
		return errors.New("nobody is known to whom signals could be sent where runs are not watched")
	case len(c.Signals) > MostSignals:
		return fmt.Errorf("%d signals are more than the %d that a run can be sent", len(c.Signals), MostSignals)
	}
	for _, sent := range c.Signals {
		if sent.After == "" && sent.Children == 0 {
			return errors.New("a signal comes after nothing")
		}
		if sent.After != "" && c.Stdout != nil {
			return errors.New("a signal can't come after what another reads")
		}
	}
	return nil
}

// textsOf tells init of the texts that signals come after, once each was printed.
func (b *Box) textsOf(signals []Signal) *sought {
	t := &sought{found: func() { _ = b.send(kindText, struct{}{}) }} // whoever waits for init notices that it is gone
	for _, s := range signals {
		if s.After != "" {
			t.wanted = append(t.wanted, wanted{text: []byte(s.After)})
		}
	}
	return t
}

// settle corrects what became of signals, once all is read that was printed: init may have
// been told too late of a text that came just before the run's end.
func (t *sought) settle(sent []Sent) {
	unprinted := len(t.wanted)
	for i := len(sent) - 1; i >= 0; i-- {
		s := &sent[i]
		switch {
		case s.Lacking == TheText && unprinted == 0 && s.Most < s.Children:
			s.Lacking = TheChildren
		case s.Lacking == TheText && unprinted == 0:
			s.Lacking = TheReceiver
		}
		if s.After != "" {
			unprinted = max(unprinted-1, 0)
		}
	}
}
