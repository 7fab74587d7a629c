package cohort

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/git"
	"lockstep/grader/internal/submission"
)

// checkOut takes the wanted files out of a repository's last commit before at. Git
// is run in the box and only asked for objects: a repository that was handed in can
// name commands in its configuration.
func (s Submission) checkOut(ctx context.Context, names []string, at time.Time, dir string) (Tree, error) {
	repository, err := filepath.Abs(s.Path)
	if err != nil {
		return Tree{}, err
	}
	ask := []string{"rev-list", "-1", "HEAD"}
	if !at.IsZero() {
		ask = []string{"rev-list", "-1", "--before=" + at.UTC().Format("2006-01-02T15:04:05Z"), "HEAD"}
	}
	said, why, err := git.Ask(ctx, repository, nil, ask...)
	if err != nil || why != "" {
		return Tree{Dir: dir, Problem: why}, err
	}
	commit := strings.TrimSpace(string(said))
	if commit == "" {
		return Tree{Dir: dir, Problem: "the repository has no commit before " + at.Format(time.RFC3339)}, nil
	}
	tree := Tree{Dir: dir, Version: commit}
	listing, why, err := git.Ask(ctx, repository, nil, append([]string{"ls-tree", "-r", "-z", "-l", commit, "--"}, names...)...)
	if err != nil || why != "" {
		tree.Problem = why
		return tree, err
	}
	var blobs []string // object names of the files to read …
	var files []string // … and where they go
	for _, line := range strings.Split(string(listing), "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		if !ok || len(fields) != 4 {
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		size, _ := strconv.ParseInt(fields[3], 10, 64)
		switch {
		case fields[0] == "120000":
			err = link(to)
		case fields[1] != "blob":
		case size > submission.MaxFile:
			if err = put(to, nil); err == nil {
				err = os.Truncate(to, size) // sparse: refused by its size, never read
			}
		default:
			blobs, files = append(blobs, fields[2]), append(files, to)
		}
		if err != nil {
			return Tree{}, fmt.Errorf("cannot read %s: %w", s.Path, err)
		}
	}
	if len(blobs) == 0 {
		return tree, nil
	}
	texts, why, err := git.Ask(ctx, repository, []byte(strings.Join(blobs, "\n")+"\n"), "cat-file", "--batch")
	if err != nil || why != "" {
		tree.Problem = why
		return tree, err
	}
	for _, file := range files {
		head, rest, _ := bytes.Cut(texts, []byte("\n"))
		fields := strings.Fields(string(head)) // object, type, size
		if len(fields) != 3 {
			tree.Problem = "the repository lacks an object of its commit " + commit
			return tree, nil
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size+1 > len(rest) {
			return Tree{}, fmt.Errorf("cannot read %s: git said %q", s.Path, head)
		}
		if err := put(file, rest[:size]); err != nil {
			return Tree{}, fmt.Errorf("cannot read %s: %w", s.Path, err)
		}
		texts = rest[size+1:]
	}
	return tree, nil
}
