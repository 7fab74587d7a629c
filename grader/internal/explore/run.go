package explore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

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
	program, err := control.New(r.Command, r.Processes || mayStart(r.Sources))
	if err != nil {
		return nil, err
	}
	var forks *control.Forks
	if r.recall = forkable(r.Sources); r.recall {
		if forks = program.Forks(); forks != nil {
			r.forks = forks
		}
	}
	report, err := explore(ctx, program, r)
	if forks != nil {
		err = errors.Join(err, forks.Close())
	}
	if closing := program.Close(); err == nil && closing != nil {
		err = closing
	}
	obstacle := program.Obstacle()
	var unfit *model.Unfit
	if errors.As(err, &unfit) {
		report, obstacle, err = &Report{Means: means, Seed: r.Seed}, unfit.Obstacle, nil
	}
	if err != nil {
		return nil, err
	}
	report.Program = hash
	if obstacle != "" {
		report.meet(obstacle)
	}
	return report, nil
}

// mayStart reports whether a program's text names a way to start processes without mp.
// Then the kernel's count of them is compared with mp's. What is named and not used
// costs time and nothing else.
func mayStart(sources map[string][]byte) bool {
	return mentions(sources, "StartProcess", `"os/exec"`, `"syscall"`, "ForkExec", "golang.org/x/sys")
}

// mentions reports whether a program's text has one of the words in it.
func mentions(sources map[string][]byte, words ...string) bool {
	for _, text := range sources {
		for _, way := range words {
			if bytes.Contains(text, []byte(way)) {
				return true
			}
		}
	}
	return false
}

// meet takes back what schedules that do not govern the program seem to show. What is
// left is a run that came to its own end with a wrong result: it went wrong, whatever
// made it.
func (r *Report) meet(o Obstacle) {
	r.Obstacle, r.Complete, r.Share, r.Findings = o, false, 0, nil
	why := o.Why()
	r.Failures = slices.DeleteFunc(r.Failures, func(f Failure) bool { return o == Processes || f.Exit < 0 || len(f.Waits) > 0 })
	if len(r.Failures) > 0 {
		r.Warnings = append(r.Warnings, "its schedule need not fail again: "+why)
		return
	}
	r.Outcome, r.Text = NotExplored, "not explored: "+why
	r.Failing, r.FirstAt = 0, 0
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
