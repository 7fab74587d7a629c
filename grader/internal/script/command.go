package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/control"
)

// commands are what a script may use beside testscript's own. testscript's exec
// and its kin are refused when an exercise is loaded: they can't be replaced here,
// because testscript looks up its own commands first. CONTRIBUTING.md and the plan's generator name them: change all three
// together.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"expect":        command(expect),
	"fixture":       command(serve),
	"interleavings": command(interleavings),
	"program":       command(program),
	"reference":     command(reference),
	"speedup":       command(speedUp),
}

// A call is one line of a script.
type call struct {
	*state
	ts   *testscript.TestScript
	neg  bool
	args []string
}

// command adapts a function that returns an error to testscript. errStop ends
// the script because the record holds a claim that failed; any other error is a
// fault of the script or of the grader.
func command(f func(*call) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(stateKey{}).(*state)
		c := &call{state: s, ts: ts, neg: neg, args: args}
		err := f(c)
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

// options are the flags that come before a run's arguments.
type options struct {
	repeat       int
	exit         int
	race         bool
	stdin        []byte
	env          []string
	serial       []string // one argument a line of the file
	budget       time.Duration
	capacityZero string
	each         string
	workers      int
	atLeast      float64
}

// flags reads "-name=value" words up to the first other word and returns the
// rest. A bare "--" ends them, so that a program can be given such words too.
func (c *call) flags(allowed ...string) (options, []string, error) {
	o := options{repeat: 1}
	rest := c.args
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		word := rest[0]
		rest = rest[1:]
		if word == "--" {
			break
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(word, "-"), "=")
		if !contains(allowed, name) {
			return o, nil, fmt.Errorf("no flag -%s here; there are -%s", name, strings.Join(allowed, ", -"))
		}
		var err error
		switch name {
		case "exit":
			o.exit, err = strconv.Atoi(value)
		case "repeat":
			o.repeat, err = strconv.Atoi(value)
		case "race":
			o.race = true
		case "stdin":
			o.stdin, err = c.file(value)
		case "env":
			o.env = append(o.env, value)
		case "budget":
			o.budget, err = time.ParseDuration(value)
		case "serial":
			var text []byte
			text, err = c.file(value)
			o.serial = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		case "capacity-zero":
			o.capacityZero = value
		case "each":
			o.each = value
		case "workers":
			o.workers, err = strconv.Atoi(value)
		case "at-least":
			o.atLeast, err = strconv.ParseFloat(value, 64)
		}
		if err != nil {
			return o, nil, fmt.Errorf("-%s: %w", name, err)
		}
	}
	return o, rest, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
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

// program runs the student's program: `program [-repeat=N] [-race] [-stdin=FILE]
// [-env=KEY=VALUE] ARG…`. With `!`, a non-zero exit code is expected.
func program(c *call) error {
	o, args, err := c.flags("repeat", "race", "stdin", "env")
	if err != nil {
		return err
	}
	executable := c.request.Plain
	if o.race {
		executable = c.request.Race
	}
	if executable == "" {
		return errors.New("the program was not built this way")
	}
	if !c.exitNamed && !c.claimAll(func(e Execution) Claim { return claimExit(e.Observation, 0) }) {
		return errStop
	}
	c.batch, c.exitNamed, c.raced = nil, c.neg, o.race
	line := strings.TrimSpace("program " + strings.Join(args, " "))
	for range o.repeat {
		before := len(c.requests())
		seen, races, err := c.once(executable, o, args)
		if err != nil {
			return fmt.Errorf("cannot run the program: %w", err)
		}
		c.batch = append(c.batch, len(c.record.Runs))
		c.record.Runs = append(c.record.Runs, Execution{Line: line, Observation: seen, Requests: c.requests()[before:], Races: races})
		if seen.Hit != nil {
			break // the other runs would only reach the limit again
		}
	}
	if c.request.Pictures && !o.race {
		c.draw(executable, o, args)
	}
	last := c.record.Runs[len(c.record.Runs)-1].Observation
	fmt.Fprint(c.ts.Stdout(), string(last.Stdout.Bytes))
	fmt.Fprint(c.ts.Stderr(), string(last.Stderr.Bytes))
	if last.Hit != nil {
		claim := claimEnded(last)
		claim.Run = len(c.record.Runs) - 1
		c.record.Claims = append(c.record.Claims, claim)
		return errStop
	}
	if c.neg && !c.claimAll(func(e Execution) Claim { return claimFails(e.Observation) }) {
		return errStop
	}
	return nil
}

// draw runs the program once more and listens to what its processes tell of
// themselves. It is for a picture, and decides nothing: where it fails, the picture
// is of what the box saw.
func (c *call) draw(executable string, o options, args []string) {
	seen, events, err := control.Observe(c.ctx, c.command(executable, o, args))
	if err == nil && len(events) > 0 {
		run := &c.record.Runs[len(c.record.Runs)-1]
		run.Drawn, run.Events = seen, events
	}
}

// once runs the program once, and reads what the race detector has to say.
func (c *call) once(executable string, o options, args []string) (*box.Observation, []Race, error) {
	cmd := c.command(executable, o, args)
	if o.race {
		raced(&cmd)
	}
	seen, err := c.run(c.ctx, cmd)
	if err != nil || !o.race {
		return seen, nil, err
	}
	return seen, racesIn(seen.Gathered), nil
}

func claimFails(o *box.Observation) Claim {
	return Claim{Subject: "exit", Holds: o.Exit != box.Exit{}, Want: "an exit code other than 0", Got: describeExit(o.Exit)}
}

// command is how one run is started: nothing of the grader's environment, and
// nothing that tells which check it is.
func (c *call) command(executable string, o options, args []string) box.Command {
	env := []string{"PATH=/bin", "HOME=/tmp", "LANG=C.UTF-8", raceSettings}
	return box.Command{
		Tier:    c.request.Tier,
		Program: executable,
		Args:    args,
		Env:     append(env, o.env...),
		Stdin:   o.stdin,
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
// reference/stdout: `reference [-exit=CODE] [-stdin=FILE] [-env=KEY=VALUE] ARG…`.
func reference(c *call) error {
	o, args, err := c.flags("exit", "stdin", "env")
	if err != nil {
		return err
	}
	if c.request.Reference == "" {
		c.record.Unseen = "the expected output comes from the reference solution, which this course does not hold"
		return errStop
	}
	seen, err := c.run(c.ctx, c.command(c.request.Reference, o, args))
	if err != nil {
		return fmt.Errorf("cannot run the reference solution: %w", err)
	}
	if seen.Hit != nil || seen.Exit != (box.Exit{Code: o.exit}) {
		return fmt.Errorf("the reference solution failed: %s %s", describeExit(seen.Exit), seen.Stderr.Bytes)
	}
	name := c.ts.MkAbs("reference/stdout")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, seen.Stdout.Bytes, 0o600)
}

// expect claims something of every run of the last program: see parseClaim.
func expect(c *call) error {
	claim, err := c.parseExecution(c.args)
	if err != nil {
		return err
	}
	if len(c.batch) == 0 {
		return errors.New("expect stands before any program")
	}
	if c.args[0] == "exit" {
		c.exitNamed = true
	}
	if !c.claimAll(claim) {
		return errStop
	}
	return nil
}
