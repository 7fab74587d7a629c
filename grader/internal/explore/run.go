package explore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/explore/model"
)

// ErrUnavailable means that interleavings can't be explored here: nothing is known
// of the program, neither good nor bad.
var ErrUnavailable = errors.New("interleavings can't be explored")

// Run explores the interleavings of a program. The error is the grader's or the
// machine's, never the program's; ErrUnavailable where exploring is not possible.
func Run(ctx context.Context, r Request) (*Report, error) {
	if r.Workers <= 0 {
		r.Workers = runtime.NumCPU() + 1
	}
	hash, err := hashOf(r.Command.Program)
	if err != nil {
		return nil, err
	}
	program, err := control.New(r.Command, r.Processes)
	if err != nil {
		return nil, err
	}
	report, err := explore(ctx, program, r)
	if closing := program.Close(); err == nil && closing != nil {
		err = closing
	}
	why := program.Unfit()
	var unfit *model.Unfit
	switch {
	case errors.As(err, &unfit):
		return nil, fmt.Errorf("%w: %s", ErrUnavailable, unfit.Why)
	case err != nil:
		return nil, err
	case why == model.Crowded: // seen here first; the model would have said the same
		return nil, fmt.Errorf("%w: %s", ErrUnavailable, why)
	}
	report.Program = hash
	if why != "" {
		// What was seen is not what the schedules say: no failure proves anything.
		report.Outcome, report.Text = NotDeterministic, "not explored: "+why
		report.Complete, report.Failing, report.Share, report.FirstAt = false, 0, 0, 0
		report.Failures, report.Findings = nil, nil
	}
	return report, nil
}

// hashOf is how a program is told from another: schedules belong to one.
func hashOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("cannot read the program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("cannot read the program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
