package report

import (
	"fmt"

	"lockstep/mp/trace"
)

// looks of what a process does; the letter tells them apart without colours.
var looks = []struct {
	state         trace.State
	class, letter string
	text          string
}{
	{trace.Running, "run", "", "running, or ready to run"},
	{alive, "run", "", "alive"},
	{trace.StartingUp, "starting", "", "starting"},
	{trace.ForLock, "lock", "L", "waits for a lock"},
	{trace.ForMessage, "message", "M", "waits for a message"},
	{trace.ForJoin, "join", "J", "waits for a child to end"},
	{trace.ForTask, "task", "T", "waits for a task, or for its results"},
	{trace.ForManager, "manager", "G", "waits for the manager"},
	{trace.ForSignal, "signal", "E", "waits for an event"},
	{trace.Asleep, "sleep", "Z", "sleeps"},
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
