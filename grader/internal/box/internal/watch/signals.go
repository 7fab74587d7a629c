//go:build unix

package watch

import (
	"syscall"
	"time"

	"lockstep/grader/internal/box/internal/facts"
)

// signals are those that a run is sent, one after the other.
type signals struct {
	sent    []facts.Sent
	printed int // texts that signals come after, and that were printed in this order
	most    int // children that lived at one moment
}

// next sends those signals whose time has come. The lock is held: who is alive then
// can't be taken away, nor its number be another's, where it is traced.
func (w *watch) next(now time.Time) {
	if w.most < w.AtOnce {
		w.most = max(w.most, w.livingChildren())
	}
	for len(w.sent) < len(w.Signals) && !w.killed {
		living := w.livingChildren()
		w.most = max(w.most, living)
		s := w.Signals[len(w.sent)]
		if w.lacks(living) != "" {
			return
		}
		pid := w.receiver(s).PID
		to := pid
		if s.Group {
			to = -pid
		}
		if syscall.Kill(to, s.Number) != nil {
			return // it ends at this moment
		}
		w.sent = append(w.sent, facts.Sent{Signal: s, At: now.Sub(w.table.begin), PID: pid, Most: w.most})
	}
}

// livingChildren is how many there are now that a signal can be meant for.
func (w *watch) livingChildren() int {
	living := 0
	for _, e := range w.table.entries {
		if e.receives() && e.PID != w.root && !e.Manager() {
			living++
		}
	}
	return living
}

// lacks is what the next signal waits for, where so many children live; empty: nothing.
func (w *watch) lacks(children int) facts.Lacking {
	s := w.Signals[len(w.sent)]
	texts := 0
	for _, s := range w.Signals[:len(w.sent)+1] {
		if s.After != "" {
			texts++
		}
	}
	switch {
	case s.After != "" && w.printed < texts:
		return facts.TheText
	case children < s.Children:
		return facts.TheChildren
	case w.receiver(s) == nil:
		return facts.TheReceiver
	}
	return ""
}

// receives reports whether a process is one that a signal can be meant for: it has become
// a program, and makes steps, or stands before its end.
func (e *entry) receives() bool { return e.executed && !e.dead && (!e.ended || e.standing) }

// receiver is whom a signal is for; nil: nobody is there now.
func (w *watch) receiver(s facts.Signal) *entry {
	number := 0
	for i, e := range w.table.entries {
		var meant bool
		switch {
		case i == 0:
			meant = s.Child == 0 && s.Name == ""
		case !e.named && (e.dead || e.ended):
			// It was killed before anybody could see what it is, as may become of a manager.
		case e.Manager():
			meant = s.Name != "" && e.Name() == s.Name
		default:
			number++
			meant = s.Child == number || s.Name != "" && e.Name() == s.Name
		}
		if meant && e.receives() {
			return e
		}
	}
	return nil
}

// allSignals is what became of the run's signals, once nobody is left.
func (w *watch) allSignals() []facts.Sent {
	sent := w.sent
	for i, s := range w.Signals[len(sent):] {
		unsent := facts.Sent{Signal: s, Lacking: facts.TheSignalBefore, Most: w.most}
		if i == 0 {
			unsent.Lacking = w.lacks(w.most)
		}
		sent = append(sent, unsent)
	}
	return sent
}
