// Package git asks repositories for what they hold. In go a repository's folder and
// a git command that only reads; out comes what git printed. Git is run in the box
// and without anybody's settings: a repository that was handed in can name commands
// in its configuration.
package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockstep/grader/internal/box"
)

// Ask runs one git command. Why is what is wrong with the repository, the error
// what is wrong on this side.
func Ask(ctx context.Context, repository string, stdin []byte, args ...string) (said []byte, why string, err error) {
	program := ""
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		full := filepath.Join(dir, "git")
		if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			program = full
			break
		}
	}
	if program == "" {
		return nil, "", fmt.Errorf("cannot read repositories: there is no git on PATH")
	}
	o, err := box.Run(ctx, box.Command{
		Program: program,
		Args:    append([]string{"-C", repository, "-c", "safe.directory=*"}, args...),
		Env: []string{
			"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C",
		},
		Dir:      repository,
		Stdin:    stdin,
		ReadOnly: []string{"/"},
		Limits:   box.Limits{Wall: time.Minute, CPU: time.Minute, Memory: 1 << 30, Processes: 16, Output: 64 << 20},
	})
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("cannot read %s: %w", repository, err)
	case o.Hit != nil:
		return nil, fmt.Sprintf("the repository can't be read within %s of %s", o.Hit.Bound, o.Hit.Limit), nil
	case o.Exit != (box.Exit{}):
		line, _, _ := strings.Cut(string(o.Stderr.Bytes), "\n")
		return nil, "the repository can't be read: " + line, nil
	}
	return o.Stdout.Bytes, "", nil
}
