package search

import (
	"context"
	"time"

	"lockstep/grader/internal/explore/model"
)

// Hold makes one run by a schedule and ends it where the schedule is over, or can't be
// followed. Steps that nobody chooses are made, so where only time can pass and nobody may
// be killed; lone: also those of a process that is the only one that can go on.
func Hold(ctx context.Context, program model.Program, o model.Options, s Schedule, lone bool) (*Execution, Followed, error) {
	f := newFollower(s)
	f.hold, f.lone = true, lone
	e, err := execute(ctx, program, 0, model.NewNames(), o, f, time.Time{}, nil)
	return e, Followed{f.followed, f.leftAt, f.left}, err
}

// Followed is how far a schedule was followed.
type Followed struct {
	Made int    // steps made as it says
	At   int    // its step, from 1, that could not be made; 0: there is none
	Left string // why not
}

// Follow makes one run by a schedule. each is told before every step; it may be nil.
func Follow(ctx context.Context, program model.Program, o model.Options, s Schedule, each func(*model.World, model.ID)) (*Execution, Followed, error) {
	f := newFollower(s)
	f.each = each
	e, err := execute(ctx, program, 0, model.NewNames(), o, f, time.Time{}, nil)
	return e, Followed{f.followed, f.leftAt, f.left}, err
}

// Rank says which processes go before which.
type Rank struct {
	First string // path of the process that goes on whenever it can; "": none
	Last  string // … that goes on only when no other can, or all others only wait
}

// Ranked makes one run in which nobody is stopped who can go on, but for a process
// of another rank.
func Ranked(ctx context.Context, program model.Program, o model.Options, r Rank) (*Execution, error) {
	f := newFollower(nil)
	f.rank = r
	return execute(ctx, program, 0, model.NewNames(), o, f, time.Time{}, nil)
}

// Minimise looks for a run that fails in the same way with fewer switches, in at
// most so many runs.
func Minimise(ctx context.Context, program model.Program, o model.Options, e *Execution, same func(*Execution) bool, most int) (*Execution, error) {
	return minimise(e, same, func(who policy) (*Execution, error) {
		return execute(ctx, program, 0, model.NewNames(), o, who, time.Time{}, nil)
	}, most)
}
