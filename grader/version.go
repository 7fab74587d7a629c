package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"strings"

	"lockstep/grader/internal/git"
	"lockstep/grader/internal/publish"
)

// release is the tag that this program was built of; empty: it was built of a folder.
var release string

// version is what a result rests on: which grader, which course, made by what.
type version struct {
	Release  string // "development" where there is none
	Course   string // the beginning of its fingerprint
	Commit   string // of the course's repository; empty where that can't be told
	Go       string
	Platform string
}

func (c *cli) version(ctx context.Context) (version, error) {
	v := version{Release: cmp.Or(release, "development"), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	exercises, err := c.load(nil)
	if err != nil {
		return v, err
	}
	sum, err := publish.Fingerprint(c.course, exercises)
	if err != nil {
		return v, err
	}
	v.Course = sum[:12]
	own := git.Own(c.course)
	head, why, err := own.Ask(ctx, nil, "rev-parse", "--short=12", "HEAD")
	if err != nil || why != "" {
		return v, nil // no repository, or no git
	}
	v.Commit = strings.TrimSpace(string(head))
	if changed, why, err := own.Ask(ctx, nil, "status", "--porcelain", "--untracked-files=no", "--", "."); err == nil && why == "" && len(changed) > 0 {
		v.Commit += " and changes"
	}
	return v, nil
}

// String is the version on one line, for results.
func (v version) String() string {
	text := fmt.Sprintf("lockstep %s, course %s", v.Release, v.Course)
	if v.Commit != "" {
		text += ", commit " + v.Commit
	}
	return fmt.Sprintf("%s, %s, %s", text, v.Go, v.Platform)
}

func runVersion(ctx context.Context, c *cli) error {
	if _, err := c.parse("  grader version\n"); err != nil {
		return err
	}
	v, err := c.version(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "lockstep  %s\ncourse    %s\ncommit    %s\ngo        %s\nplatform  %s\n", v.Release, v.Course, cmp.Or(v.Commit, "unknown"), v.Go, v.Platform)
	return nil
}
