package explore

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// Play is a program whose processes go on as a person says. Its methods are called one at
// a time.
type Play struct{ x *exploration }

// Departed is the error of a schedule that the program does not follow.
type Departed struct {
	Step int // of the schedule, from 1
	Why  string
}

func (d *Departed) Error() string {
	return fmt.Sprintf("step %d can't be made: %s", d.Step, d.Why)
}

// At runs the program as a schedule says and stops it where that is over; steps that nobody
// chooses are made. lone: it goes on as long as only one process can. The empty schedule is
// the beginning. The error may be Departed or Unfit.
func (p *Play) At(ctx context.Context, schedule string, lone bool) (*Position, error) {
	s, err := p.x.read(schedule)
	if err != nil {
		return nil, err
	}
	x := p.x
	e, how, err := search.Hold(ctx, x.program, x.options(), s, lone)
	if err != nil {
		return nil, err
	}
	if how.Left != "" {
		return nil, &Departed{how.At, how.Left}
	}
	switch {
	case e.Threads:
		return nil, &Unfit{Obstacle: Goroutines}
	case e.Ending == search.Ended && !began(e):
		return nil, &Unfit{Obstacle: Elsewhere}
	}
	at := x.position(e.World)
	for i, moment := range e.At {
		if !moment.Forced && i < len(at.Steps) {
			at.Choices = append(at.Choices, i)
		}
	}
	if e.Ending == search.Asleep {
		return at, nil
	}
	at.Over = &Over{Text: "this interleaving does not fail", Circle: model.Circle(e.Waits) != nil}
	switch e.Ending {
	case search.Outside:
		at.Over.Text = "not known: " + waitsOutside(e)
	case search.Limited:
		at.Over.Text = "not known: the run makes too many steps"
	}
	if fault := x.wrong(e); fault != (Fault{}) {
		f, err := x.replayed(ctx, e, fault)
		if err != nil {
			return nil, err
		}
		for i := range f.Steps {
			f.Steps[i].Text = at.Steps[i].Text
		}
		at.Steps = f.Steps
		at.Over.Failed, at.Over.Text, at.Over.Pattern = true, f.Title, f.Pattern
	}
	return at, nil
}

// Let is a schedule with one more step, of the process with that path, or whose Kill it is.
func (p *Position) Let(path string) string {
	if p.Schedule == "" || strings.HasSuffix(p.Schedule, ",") {
		return p.Schedule + path
	}
	return p.Schedule + "," + path
}

// Cut is the schedule of a schedule's first steps.
func Cut(schedule string, steps int) (string, error) {
	s, m, err := parse(schedule)
	if err != nil {
		return "", err
	}
	return m.named(s[:max(0, min(steps, len(s)))].String()), nil
}

// Answer says whether something can come about.
type Answer string

const (
	Yes      Answer = "yes"
	No       Answer = "no"
	NotKnown Answer = "not known"
)

// Prospect is whether a program can still fail.
type Prospect struct {
	Answer   Answer   `json:"answer"`
	Text     string   `json:"text"`
	Schedule string   `json:"schedule,omitempty"` // of Yes: of a run that fails
	Then     []string `json:"then,omitempty"`     // … the paths of those who are let go from here on; "0.2x": that 0.2 is killed
}

// CanFail looks for a run that begins as a schedule says and fails, for so long at most.
func (p *Play) CanFail(ctx context.Context, schedule string, within time.Duration) (*Prospect, error) {
	s, err := p.x.read(schedule)
	if err != nil {
		return nil, err
	}
	request := p.x.Request
	request.Budget, request.All, request.Deaths = within, false, p.x.options().Deaths
	x := &exploration{Request: request, program: p.x.program, failing: map[uint64]bool{}, names: p.x.names, text: p.x.text, manner: p.x.manner}
	settings := x.settings(time.Now().Add(within))
	settings.Begin = s
	var result *search.Result
	if settings.Options.Deaths == 0 {
		result, err = search.Explore(ctx, x.program, settings)
	} else { // a search that may kill can't be told how it begins
		result = &search.Result{}
		result.Complete, err = search.Below(ctx, x.program, settings.Options, s, math.MaxInt, settings.Until, func(e *search.Execution) bool {
			result.Classes++
			return x.saw(e)
		})
	}
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	told := result.Classes + result.Merged
	out := &Prospect{Answer: NotKnown}
	switch {
	case len(x.kinds) > 0:
		k := x.kinds[0]
		for _, o := range x.kinds {
			if easier(o.least, k.least) {
				k = o
			}
		}
		f := x.failureOf(k.least, k.fault)
		out.Answer, out.Text, out.Schedule = Yes, f.Title, x.named(f.Schedule)
		for i, at := range k.least.At {
			if i >= len(s) && i < len(k.least.World.Events) && !at.Forced {
				out.Then = append(out.Then, k.least.World.PathOf(k.least.World.Events[i].Proc))
			}
		}
	case x.outside != nil:
		out.Text = waitsOutside(x.outside)
	case x.long:
		out.Text = "a run makes too many steps"
	case result.Differs != nil || result.Hidden != nil || result.Lost:
		out.Text = "the program does not always do the same after the same steps"
	case !result.Complete:
		out.Text = fmt.Sprintf("not in %s: none of %s from here on fails", within, interleavings(told))
	default:
		out.Answer, out.Text = No, fmt.Sprintf("none of all %s from here on fails", interleavings(told))
		if told == 1 {
			out.Text = "the only way to go on does not fail"
		}
		if x.limits {
			out.Text += ", as long as no time limit runs out early"
		}
	}
	return out, nil
}
