package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/control"
)

// does says what the commands of a script do. Which there are and how each is used
// stands in exercise.Commands; cp alone is testscript's own.
var does = map[string]func(*call) error{
	"expect":        expect,
	"folder":        folder,
	"fixture":       serve,
	"idle":          idle,
	"interleavings": interleavings,
	"program":       program,
	"reference":     reference,
	"speedup":       speedUp,
}

// commands adapts them to testscript.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	all := map[string]func(*testscript.TestScript, bool, []string){}
	for name, do := range does {
		all[name] = command(name, do)
	}
	return all
}

// A call is one line of a script, on its way. What it says are the values that the
// check holds; testscript's own words only name it.
type call struct {
	*state
	*exercise.Call
	ts    *testscript.TestScript
	stdin []byte
}

// command adapts a function that returns an error to testscript. errStop ends
// the script because the record holds a claim that failed; any other error is a
// fault of the script or of the grader.
func command(name string, do func(*call) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		s := ts.Value(stateKey{}).(*state)
		c := &call{state: s, ts: ts}
		err := c.begin(name)
		if err == nil {
			err = do(c)
		}
		switch {
		case err == nil:
			return
		case errors.Is(err, errStop):
			s.stopped = true
		default:
			s.record.Broken = fmt.Errorf("check %q: %w", s.request.Name, err)
		}
		ts.Fatalf("%v", err)
	}
}

// begin finds what the line stands for, and what the program is given as its input.
func (c *call) begin(name string) (err error) {
	if c.Call, err = c.next(name); err != nil || c.Stdin == "" {
		return err
	}
	text, err := c.file(c.Stdin)
	c.stdin = []byte(text)
	return err
}

// next is the call that a line stands for. testscript runs lines in their order.
func (s *state) next(name string) (*exercise.Call, error) {
	left := s.left()
	if len(left) == 0 || left[0].Name != name {
		return nil, fmt.Errorf("a line of the script says %s, and the check does not", name)
	}
	s.at++
	return &left[0], left[0].Err
}

// left are the calls that are still to come; those of cp are testscript's own.
func (s *state) left() []exercise.Call {
	calls := s.request.Script.Calls
	for s.at < len(calls) && calls[s.at].Name == "cp" {
		s.made = append(s.made, calls[s.at].Args[1])
		s.at++
	}
	return calls[s.at:]
}

// file is the text that a line calls by a name: of a file that a line before has made,
// or of one of the script's or the exercise's own.
func (c *call) file(name string) (string, error) {
	name = strings.TrimPrefix(name, "$WORK/")
	if text, ok := c.request.Script.Files[name]; ok && !slices.Contains(c.made, name) {
		return text, nil
	}
	place := c.ts.MkAbs(name)
	if own, ok := strings.CutPrefix(name, "$EXERCISE/"); ok {
		place = filepath.Join(c.request.Exercise, own)
	}
	text, err := os.ReadFile(place)
	return exercise.FileText(name, string(text)), err
}

// line is a run as a person reads it: "program 10".
func (c *call) line() string { return strings.TrimSpace("program " + strings.Join(c.Args, " ")) }

// program runs the student's program. With `!`, a non-zero exit code is expected.
func program(c *call) error {
	executable := c.request.Plain
	if c.Race {
		executable = c.request.Race
		if c.request.NoRace != nil {
			c.record.Unseen = c.request.NoRace.Error()
			return errStop
		}
	}
	if executable == "" {
		return errors.New("the program was not built this way")
	}
	if !c.exitNamed && !c.claimAll(func(e Execution) Claim { return claimExit(e.Observation, exercise.Codes{}) }) {
		return errStop
	}
	c.batch, c.exitNamed = nil, c.Not
	c.last = func() box.Command { return c.command(executable, c.Args) }
	for range c.Repeat {
		before := len(c.requests())
		seen, races, err := c.once(executable)
		if err != nil {
			return fmt.Errorf("cannot run the program: %w", err)
		}
		c.batch = append(c.batch, len(c.record.Runs))
		c.record.Runs = append(c.record.Runs, Execution{Line: c.line(), Observation: seen, Requests: c.requests()[before:], Races: races, Forced: forced(seen)})
		if seen.Exceeded != nil {
			break // the other runs would only reach the limit again
		}
		if c.shared {
			var whole Claim
			if c.given, whole = carried(seen); !whole.Holds {
				whole.Run = len(c.record.Runs) - 1
				c.record.Claims = append(c.record.Claims, whole)
				return errStop
			}
		}
	}
	if c.request.Pictures && !c.Race {
		c.draw(executable)
	}
	last := c.record.Runs[len(c.record.Runs)-1].Observation
	fmt.Fprint(c.ts.Stdout(), string(last.Stdout.Bytes))
	fmt.Fprint(c.ts.Stderr(), string(last.Stderr.Bytes))
	if last.Exceeded == nil || last.Exceeded.Limit == "wall" { // for it may have waited for its signal, or an answer
		if len(c.Signals) > 0 && !c.claimAll(func(e Execution) Claim { return claimSignals(e.Observation) }) {
			return errStop
		}
		if len(c.Turns) > 0 && !c.claimAll(func(e Execution) Claim { return claimDialogue(e.Observation) }) {
			return errStop
		}
	}
	if last.Exceeded != nil {
		claim := claimEnded(last)
		claim.Run = len(c.record.Runs) - 1
		c.record.Claims = append(c.record.Claims, claim)
		if claim.Outcome == "wall limit" && !c.Race && !c.request.Brief && len(c.Signals) == 0 && len(c.Turns) == 0 {
			c.whyStuck()
		}
		return errStop
	}
	if c.Not && !c.claimAll(func(e Execution) Claim { return claimExit(e.Observation, exercise.Failing) }) {
		return errStop
	}
	return nil
}

// draw runs the program once more and listens to what its processes tell of
// themselves. It is for a picture, and decides nothing: where it fails, the picture
// is of what the box saw.
func (c *call) draw(executable string) {
	seen, events, err := control.Observe(c.ctx, c.command(executable, c.Args))
	if err == nil && len(events) > 0 {
		run := &c.record.Runs[len(c.record.Runs)-1]
		run.Drawn, run.Events = seen, events
	}
}

// once runs the program once, and reads what the race detector has to say.
func (c *call) once(executable string) (*box.Observation, []Race, error) {
	cmd := c.command(executable, c.Args)
	cmd.Holds, cmd.AtOnce = holds(c.Hold), c.atOnce()
	for _, s := range c.request.Script.Steps() {
		cmd.Steps = append(cmd.Steps, step(s))
	}
	if c.Race {
		raced(&cmd)
	}
	seen, err := c.run(c.ctx, cmd)
	if err != nil || !c.Race {
		return seen, nil, err
	}
	return seen, racesIn(seen.Gathered), nil
}

// atOnce is how many children are to live at one moment, by what is claimed of the line's
// runs.
func (c *call) atOnce() (most int) {
	for _, later := range c.request.Script.Calls[c.at:] {
		if later.Name == c.Name {
			break
		}
		for _, x := range later.Claims {
			if p, ok := x.(*exercise.Processes); ok && p.Overlap != nil {
				most = max(most, p.Overlap.Min)
			}
		}
	}
	return most
}

// command is how one run is started: nothing of the grader's environment, and
// nothing that tells which check it is.
func (c *call) command(executable string, args []string) box.Command {
	return box.Command{
		Tier:    c.request.Tier,
		Program: executable,
		Args:    args,
		Env:     append(environment(), c.Env...),
		Stdin:   c.stdin,

		Dialogue: boxTurns(c.Turns),
		Limits:   boxLimits(c.request.Limits),
		Signals:  boxSignals(c.Signals),
		Serve:    c.serve,

		Programs: c.request.Programs,
		Given:    c.given,
		Leaves:   c.leaves,
	}
}

// run runs a command; the program can't tell that nobody listens.
func (c *call) run(ctx context.Context, cmd box.Command) (*box.Observation, error) {
	return control.Run(ctx, c.request.Boxes.Run, cmd)
}

func boxLimits(l exercise.Limits) box.Limits {
	return box.Limits{
		Wall: l.Wall.Std(), CPU: l.CPU.Std(), Memory: int64(l.Memory), Processes: l.Processes,
		Output: int64(l.Output), FileSize: int64(l.Files),
	}
}

// reference runs the course's solution and leaves what it prints in
// reference/stdout.
func reference(c *call) error {
	if c.request.Reference == "" {
		c.record.Unseen = "the expected output comes from the reference solution, which this course does not hold"
		return errStop
	}
	seen, err := c.run(c.ctx, c.command(c.request.Reference, c.Args))
	if err != nil {
		return fmt.Errorf("cannot run the reference solution: %w", err)
	}
	if said := claimDialogue(seen); !said.Holds {
		return fmt.Errorf("the reference solution failed: %s", said.Summary())
	}
	if seen.Exceeded != nil || !claimExit(seen, c.Exit).Holds || !claimSignals(seen).Holds {
		return fmt.Errorf("the reference solution failed: %s %s", describeExit(seen.Exit), seen.Stderr.Bytes)
	}
	name := c.ts.MkAbs("reference/stdout")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	c.made = append(c.made, "reference/stdout")
	return os.WriteFile(name, seen.Stdout.Bytes, 0o600)
}
