package script

import (
	"context"
	"fmt"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// Answer is what a check's plain run of the course's solution prints. Nothing of the run
// may be drawn, and no server be needed.
func Answer(ctx context.Context, solution string, e *exercise.Exercise, c *exercise.Check, tier box.Tier) (string, error) {
	env := environment()
	for name, value := range c.Run.Env {
		env = append(env, name+"="+value)
	}
	var given []box.File
	if c.Files != nil {
		for name, text := range c.Files.Given {
			given = append(given, plainFile(name, text))
		}
	}
	command := box.Command{
		Tier: tier, Program: solution, Args: c.Run.Args, Env: env, Limits: boxLimits(e.LimitsOf(c)), Signals: boxSignals(c.Signals), Given: given,
		Dialogue: boxTurns(c.Run.Dialogue),
	}
	if command.Dialogue == nil {
		command.Stdin = []byte(c.Run.Stdin)
	}
	seen, err := box.Run(ctx, command)
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot run the reference solution: %w", err)
	case seen.Exceeded != nil || !claimExit(seen, c.Exit).Holds || !claimDialogue(seen).Holds:
		return "", fmt.Errorf("the reference solution failed: %s %s", describeExit(seen.Exit), seen.Stderr.Bytes)
	}
	return string(seen.Stdout.Bytes), nil
}

// environment is what every program gets, beside what its check gives it.
func environment() []string {
	return []string{"PATH=/bin", "HOME=/tmp", "LANG=C.UTF-8", raceSettings}
}
