//go:build unix

package control

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// listenerAt is the descriptor at which a program finds its listener: Command.Files begin
// there.
const listenerAt = 3

// Run runs a command as run does, box.Run or a box's own. Nobody listens, and the
// program can't tell: whatever it finds is as in a run that is observed or held.
func Run(ctx context.Context, run func(context.Context, box.Command) (*box.Observation, error), c box.Command) (*box.Observation, error) {
	return runBy(ctx, run, c, trace.WatchNone)
}

// RunIdle is Run of a program whose children and tasks do nothing: they begin, and end
// well at once.
func RunIdle(ctx context.Context, run func(context.Context, box.Command) (*box.Observation, error), c box.Command) (*box.Observation, error) {
	return runBy(ctx, run, c, trace.WatchIdle)
}

// RunPlanted is Run of a program whose children hand over something else than they do,
// all of it, and what they print is withheld.
func RunPlanted(ctx context.Context, run func(context.Context, box.Command) (*box.Observation, error), c box.Command) (*box.Observation, error) {
	return runBy(ctx, run, c, trace.WatchPlant)
}

func runBy(ctx context.Context, run func(context.Context, box.Command) (*box.Observation, error), c box.Command, way trace.Watch) (*box.Observation, error) {
	if len(c.Files) > 0 {
		return nil, errors.New("cannot run a program that is given files")
	}
	listener, theirs, err := newListener(way, &c)
	if err != nil {
		return nil, err
	}
	defer listener.close()
	defer theirs.Close()
	return run(ctx, c)
}

// newListener gives a command a listener: a line on which the first process finds how it is
// watched, and over which it sends its own.
func newListener(way trace.Watch, c *box.Command) (*line, *os.File, error) {
	pair, err := socketPair()
	if err != nil {
		return nil, nil, err
	}
	listener, theirs := &line{fd: pair[0], key: rand.Uint64()}, os.NewFile(uintptr(pair[1]), "listener")
	terms := trace.Terms{Watch: way, Key: listener.key}
	c.Env = slices.Clip(c.Env)
	if !slices.ContainsFunc(c.Env, func(v string) bool { return strings.HasPrefix(v, trace.LoneVariable+"=") }) {
		terms.Lone = true
		c.Env = append(c.Env, trace.LoneSetting)
	}
	c.Env = append(c.Env, trace.Variable+"="+strconv.Itoa(listenerAt))
	c.Files = []*os.File{theirs}
	if _, err := unix.Write(pair[0], trace.AppendTerms(nil, terms)); err != nil {
		listener.close()
		theirs.Close()
		return nil, nil, os.NewSyscallError("write", err)
	}
	return listener, theirs, nil
}
