package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"

	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

// Status tells a person what is going on while exercises are marked: on one line
// that is rewritten and wiped at the end. Where nobody looks it is a plain line for
// each exercise as it is done.
type Status struct {
	w        io.Writer
	terminal bool
	width    int
	names    []string // of the exercises, in order

	mu    sync.Mutex
	done  int
	going map[string]step // the exercises that are being marked
	drawn bool
	stop  func() // ends the clock
	ended sync.WaitGroup
}

// step is the check that an exercise is at.
type step struct {
	check string
	since time.Time
}

// beat is how often the times on the line are brought up to date.
const beat = 200 * time.Millisecond

// NewStatus begins one for exercises.
func NewStatus(w io.Writer, names []string) *Status {
	l := &Status{w: w, terminal: Is(w), width: Width(w), names: names, going: map[string]step{}}
	stop := make(chan struct{})
	l.stop = sync.OnceFunc(func() { close(stop) })
	if l.terminal {
		l.ended.Go(func() { l.clock(stop) })
	}
	return l
}

func (l *Status) clock(stop <-chan struct{}) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			l.Above(func() {})
		}
	}
}

// Close wipes the line for good. It may be called again.
func (l *Status) Close() {
	l.stop()
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
}

// Began is told of a check as it begins, and of an exercise's end by "".
func (l *Status) Began(exercise, check string) {
	l.Above(func() {
		if l.going[exercise] = (step{check, time.Now()}); check == "" {
			delete(l.going, exercise)
		}
	})
}

// Over is told of an exercise's result.
func (l *Status) Over(r judge.Result) {
	l.Above(func() {
		l.done++
		if !l.terminal {
			fmt.Fprintf(l.w, "%d of %d  %s: %s\n", l.done, len(l.names), r.Exercise, inShort(r))
		}
	})
}

// inShort is a result in a few words.
func inShort(r judge.Result) string {
	text := fmt.Sprintf("%s, %d of %d points", r.Status, r.Points, r.Max)
	if r.Unchanged() {
		return text + ", unchanged"
	}
	return text + fmt.Sprintf(", %.1f s", r.Seconds)
}

// Above does what may write to the screen, with the line out of its way.
func (l *Status) Above(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
	do()
	if l.terminal && l.done < len(l.names) {
		fmt.Fprint(l.w, l.line(time.Now()))
		l.drawn = true
	}
}

func (l *Status) wipe() {
	if l.drawn {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = false
	}
}

// line is what is going on, in one row: an exercise that is cut off at the edge is
// left for its turn.
func (l *Status) line(now time.Time) string {
	text := ""
	if len(l.names) > 1 {
		text = fmt.Sprintf("%d of %d  ", l.done, len(l.names))
	}
	if len(l.going) == 0 && l.done == 0 {
		return text + "building"
	}
	shown := false
	for _, name := range l.names {
		s, ok := l.going[name]
		if !ok {
			continue
		}
		more := fmt.Sprintf("%s: %s %.1f s  ", name, s.check, now.Sub(s.since).Seconds())
		if len([]rune(text+more)) >= l.width {
			if shown {
				break
			}
			return report.Escape(text+more, max(1, l.width-2))
		}
		text += more
		shown = true
	}
	return text
}
