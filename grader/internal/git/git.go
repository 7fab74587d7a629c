// Package git asks repositories for what they hold. In go a repository and a git
// command that only reads; out comes what git printed. Git is run in the box and
// without anybody's settings: a repository that was handed in can name commands in
// its configuration.
package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/box"
)

// Repository is one that can be asked.
type Repository struct {
	dir   string            // where git is run
	env   []string          // what more git is told
	shown []string          // what git sees of this machine beside itself; nil: all
	words *strings.Replacer // takes this machine's paths out of git's words; may be nil
	tier  box.Tier          // empty: the strongest
}

// Own is the repository that a folder of the grader's user lies in, wherever git
// finds it from there. It is trusted: git sees the whole machine.
func Own(folder string) *Repository { return &Repository{dir: folder} }

// Ask runs one git command. Why is what is wrong with the repository, the error
// what is wrong on this side.
func (r *Repository) Ask(ctx context.Context, stdin []byte, args ...string) (said []byte, why string, err error) {
	program, libraries := find()
	if program == "" {
		return nil, "", fmt.Errorf("cannot read repositories: there is no git on PATH")
	}
	shown := []string{"/"}
	if r.shown != nil {
		shown = append(append([]string{program}, libraries...), r.shown...)
	}
	o, err := box.Run(ctx, box.Command{
		Program: program,
		Args:    append([]string{"-c", "safe.directory=*"}, args...),
		Env: append([]string{
			"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C",
		}, r.env...),
		Dir:      r.dir,
		Stdin:    stdin,
		ReadOnly: shown,
		Limits:   box.Limits{Wall: time.Minute, CPU: time.Minute, Memory: 1 << 30, Processes: 16, Output: 64 << 20},
		Tier:     r.tier,
	})
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("cannot ask git: %w", err)
	case o.Exceeded != nil:
		return nil, fmt.Sprintf("the repository can't be read within %s of %s", o.Exceeded.Bound, o.Exceeded.Limit), nil
	case o.Exit.Code == notStarted:
		return nil, "", fmt.Errorf("cannot ask git: %s does not start: %s", program, r.line(o.Stderr.Bytes))
	case o.Exit != (box.Exit{}):
		return nil, "the repository can't be read: " + r.line(o.Stderr.Bytes), nil
	}
	return o.Stdout.Bytes, "", nil
}

// notStarted is the exit code of a program whose libraries the loader misses. Git's
// own are 1, 128 and 129.
const notStarted = 127

// line is the first of what git complains of, as far as anybody reads.
func (r *Repository) line(stderr []byte) string {
	const most = 300
	line, _, _ := strings.Cut(string(stderr[:min(len(stderr), most)]), "\n")
	if r.words != nil {
		line = r.words.Replace(line)
	}
	return strings.ToValidUTF8(line, "\ufffd")
}

// find looks git up, and where its libraries may lie.
func find() (program string, libraries []string) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		full := filepath.Join(dir, "git")
		info, err := os.Stat(full)
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 || !filepath.IsAbs(full) {
			continue
		}
		prefixes := []string{"/", "/usr", filepath.Dir(dir)}
		if real, err := filepath.EvalSymlinks(full); err == nil {
			prefixes = append(prefixes, filepath.Dir(filepath.Dir(real)))
		}
		libraries = []string{"/etc/ld.so.cache", "/nix/store"}
		for _, prefix := range prefixes {
			for _, name := range []string{"lib", "lib64", "libexec"} {
				libraries = append(libraries, filepath.Join(prefix, name))
			}
		}
		slices.Sort(libraries)
		return full, slices.Compact(libraries)
	}
	return "", nil
}
