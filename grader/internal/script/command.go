package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/control"
)

// does says what the commands of a script do. Which there are and how each is used
// stands in exercise.Commands, by which a script was read when its exercise was
// loaded; cp alone is testscript's own.
var does = map[string]func(*call) error{
	"expect":        expect,
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

// A call is one line of a script, on its way.
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
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(stateKey{}).(*state)
		c := &call{state: s, ts: ts}
		err := c.read(name, neg, args)
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

// read understands the line, and reads what the program is given as its input.
func (c *call) read(name string, neg bool, args []string) (err error) {
	if c.Call, err = exercise.ReadCall(name, neg, args); err != nil {
		return err
	}
	if c.Stdin != "" {
		c.stdin, err = c.file(c.Stdin)
	}
	return err
}

// file reads a file of the script. One whose name ends in .quoted holds a Go
// string: txtar can't hold a text that lacks its last newline.
func (c *call) file(name string) ([]byte, error) {
	text, err := os.ReadFile(c.ts.MkAbs(name))
	if err != nil {
		return nil, err
	}
	if filepath.Ext(name) != ".quoted" {
		return text, nil
	}
	plain, err := strconv.Unquote(strings.TrimSpace(string(text)))
	return []byte(plain), err
}

// program runs the student's program. With `!`, a non-zero exit code is expected.
func program(c *call) error {
	executable := c.request.Plain
	if c.Race {
		executable = c.request.Race
	}
	if executable == "" {
		return errors.New("the program was not built this way")
	}
	if !c.exitNamed && !c.claimAll(func(e Execution) Claim { return claimExit(e.Observation, 0) }) {
		return errStop
	}
	c.batch, c.exitNamed, c.raced = nil, c.Negated, c.Race
	c.last = func() box.Command { return c.command(executable, c.Args) }
	line := strings.TrimSpace("program " + strings.Join(c.Args, " "))
	for range c.Repeat {
		before := len(c.requests())
		seen, races, err := c.once(executable)
		if err != nil {
			return fmt.Errorf("cannot run the program: %w", err)
		}
		c.batch = append(c.batch, len(c.record.Runs))
		c.record.Runs = append(c.record.Runs, Execution{Line: line, Observation: seen, Requests: c.requests()[before:], Races: races})
		if seen.Hit != nil {
			break // the other runs would only reach the limit again
		}
	}
	if c.request.Pictures && !c.Race {
		c.draw(executable)
	}
	last := c.record.Runs[len(c.record.Runs)-1].Observation
	fmt.Fprint(c.ts.Stdout(), string(last.Stdout.Bytes))
	fmt.Fprint(c.ts.Stderr(), string(last.Stderr.Bytes))
	if last.Hit != nil {
		claim := claimEnded(last)
		claim.Run = len(c.record.Runs) - 1
		c.record.Claims = append(c.record.Claims, claim)
		if last.Hit.Limit == "wall" && !c.Race {
			c.whyStuck()
		}
		return errStop
	}
	if c.Negated && !c.claimAll(func(e Execution) Claim { return claimFails(e.Observation) }) {
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
	if c.Race {
		raced(&cmd)
	}
	seen, err := c.run(c.ctx, cmd)
	if err != nil || !c.Race {
		return seen, nil, err
	}
	return seen, racesIn(seen.Gathered), nil
}

func claimFails(o *box.Observation) Claim {
	return Claim{Subject: "exit", Holds: o.Exit != box.Exit{}, Want: "an exit code other than 0", Got: describeExit(o.Exit)}
}

// command is how one run is started: nothing of the grader's environment, and
// nothing that tells which check it is.
func (c *call) command(executable string, args []string) box.Command {
	env := []string{"PATH=/bin", "HOME=/tmp", "LANG=C.UTF-8", raceSettings}
	return box.Command{
		Tier:    c.request.Tier,
		Program: executable,
		Args:    args,
		Env:     append(env, c.Env...),
		Stdin:   c.stdin,
		Limits:  boxLimits(c.request.Limits),
		Serve:   c.serve,
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
	if seen.Hit != nil || seen.Exit != (box.Exit{Code: c.Exit}) {
		return fmt.Errorf("the reference solution failed: %s %s", describeExit(seen.Exit), seen.Stderr.Bytes)
	}
	name := c.ts.MkAbs("reference/stdout")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, seen.Stdout.Bytes, 0o600)
}

// expect claims something of every run of the last program.
func expect(c *call) error {
	claim, err := c.claim(c.Expect)
	if err != nil {
		return err
	}
	if len(c.batch) == 0 {
		return errors.New("expect stands before any program")
	}
	if c.Expect.Claim.Name == "exit" {
		c.exitNamed = true
	}
	if !c.claimAll(claim) {
		return errStop
	}
	return nil
}
