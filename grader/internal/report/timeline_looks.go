package report

import (
	"fmt"

	"lockstep/grader/internal/speedup"
)

// looks of what a process does; the letter tells them apart without colours.
var looks = []struct {
	state         speedup.State
	class, letter string
	text          string
}{
	{speedup.Running, "run", "", "running, or ready to run"},
	{alive, "run", "", "alive"},
	{speedup.StartingUp, "starting", "", "starting"},
	{speedup.ForLock, "lock", "L", "waits for a lock"},
	{speedup.ForMessage, "message", "M", "waits for a message"},
	{speedup.ForJoin, "join", "J", "waits for a child to end"},
	{speedup.ForTask, "task", "T", "waits for a task, or for its results"},
	{speedup.ForManager, "manager", "G", "waits for the manager"},
	{speedup.ForSignal, "signal", "E", "waits for an event"},
	{speedup.Asleep, "sleep", "Z", "sleeps"},
}

var arrowLooks = []struct {
	kind        ArrowKind
	class, text string
}{
	{Starts, "starts", "starts a process"},
	{Joins, "joins", "is joined"},
	{Message, "sends", "message"},
	{EndOfFile, "eof", "end of file"},
	{HandOver, "hands", "a lock is handed over"},
	{Signalled, "signals", "is notified"},
}

// legend explains one look that a drawing uses.
type legend struct {
	Class, Letter, Text string
	Arrow               bool
}

func legends(used map[string]bool) []legend {
	var out []legend
	for _, look := range looks {
		if used[string(look.state)] {
			out = append(out, legend{look.class, look.letter, look.text, false})
		}
	}
	for _, l := range []legend{
		{"hold", "", "holds a lock", false},
		{"ended", "", "has ended, is not joined yet", false},
		{"zombie", "", "has ended and is never waited for: a zombie", false},
		{"rest", "", "outlives its parent: an orphan", false},
	} {
		if used[l.Class] {
			out = append(out, l)
		}
	}
	for _, look := range arrowLooks {
		if used[string(look.kind)] {
			out = append(out, legend{look.class, "", look.text, true})
		}
	}
	return out
}

func stretchBar(st Stretch, s scale) bar {
	for _, look := range looks {
		if look.state != st.State {
			continue
		}
		what := st.What
		if what == "" {
			what = look.text
		}
		b := newBar(s, st.From, st.To, look.class, fmt.Sprintf("%s, %s from %s on", what, brief(st.To-st.From), brief(st.From)))
		if b.Width >= letterWidth {
			b.Letter, b.LetterX = look.letter, b.X+b.Width/2
		}
		return b
	}
	return newBar(s, st.From, st.To, "run", string(st.State))
}
