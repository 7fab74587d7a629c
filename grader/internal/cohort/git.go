package cohort

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/submission"
)

// checkOut takes the wanted files out of a repository's last commit before at, and
// writes them below the root. Where they are not where they belong, it looks for them.
func (s Submission) checkOut(ctx context.Context, exercises []*exercise.Exercise, course []string, at time.Time, into *os.Root) (tree Tree, err error) {
	names := wanted(exercises)
	goals := map[string]string{}
	for _, name := range names {
		goals[name] = name
	}
	var repository *git.Repository
	room, err := scratch.New("git")
	if err != nil {
		return tree, err
	}
	defer room.Close()
	if repository, tree.Problem, err = git.HandedIn(s.Path, room.Path); err != nil || tree.Problem != "" {
		return tree, err
	}
	tree.Version, tree.taken, tree.Problem, err = takeOut(ctx, repository, goals, names, at, into)
	if err != nil || tree.Problem != "" {
		return tree, err
	}
	if !at.IsZero() {
		said, why, err := repository.Ask(ctx, nil, "rev-list", "--count", tree.Version+"..HEAD", "--")
		if tree.Problem = why; err != nil || why != "" {
			return tree, err
		}
		if n := strings.TrimSpace(string(said)); n != "0" {
			defer func() { tree.odd = append(tree.odd, "commits that came too late and do not count: "+n) }()
		}
	}
	if tree.taken > 0 {
		tree.Time, tree.Problem, err = committed(ctx, repository, tree.Version, names)
		return tree, err
	}
	listing, why, err := repository.Ask(ctx, nil, "ls-tree", "-r", "-z", "--name-only", tree.Version)
	if tree.Problem = why; err != nil || why != "" {
		return tree, err
	}
	var files []string
	for name := range strings.SplitSeq(string(listing), "\x00") {
		if fs.ValidPath(name) && name != "." {
			files = append(files, name)
		}
	}
	tree.layout = layOut(files, exercises, course)
	if goals = tree.goals(exercises); len(goals) > 0 {
		names = slices.Sorted(maps.Keys(goals))
		if _, _, tree.Problem, err = takeOut(ctx, repository, goals, names, at, into); err == nil && tree.Problem == "" {
			tree.Time, tree.Problem, err = committed(ctx, repository, tree.Version, names)
		}
	}
	return tree, err
}

// committed is when the files of a commit were last changed, as the student's machine
// wrote it. A commit behind that changes something else makes nothing late.
func committed(ctx context.Context, repository *git.Repository, version string, names []string) (at time.Time, why string, err error) {
	said, why, err := repository.Ask(ctx, nil, append([]string{"log", "-1", "--format=%ct", version, "--"}, names...)...)
	if err != nil || why != "" {
		return at, why, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(said)), 10, 64)
	if err != nil {
		return at, "", nil // a shallow clone, say
	}
	return time.Unix(seconds, 0).UTC(), "", nil
}

// takeOut writes files of a commit where they are to go, and counts them.
func takeOut(ctx context.Context, repository *git.Repository, goals map[string]string, names []string, at time.Time, into *os.Root) (version string, taken int, problem string, err error) {
	ask := []string{"rev-list", "-1", "HEAD", "--"}
	if !at.IsZero() {
		ask = []string{"rev-list", "-1", "--before=" + at.UTC().Format("2006-01-02T15:04:05Z"), "HEAD", "--"}
	}
	said, why, err := repository.Ask(ctx, nil, ask...)
	if err != nil || why != "" {
		return "", 0, why, err
	}
	commit := strings.TrimSpace(string(said))
	if commit == "" {
		return "", 0, "the repository has no commit before " + at.Format(time.RFC3339), nil
	}
	listing, why, err := repository.Ask(ctx, nil, append([]string{"ls-tree", "-z", "-l", commit, "--"}, names...)...)
	if err != nil || why != "" {
		return commit, taken, why, err
	}
	blobs, files, taken, why, err := pick(string(listing), goals, into)
	if err != nil || why != "" || len(blobs) == 0 {
		return commit, taken, why, err
	}
	texts, why, err := repository.Ask(ctx, []byte(strings.Join(blobs, "\n")+"\n"), "cat-file", "--batch")
	if err != nil || why != "" {
		return commit, taken, why, err
	}
	for _, file := range files {
		head, rest, _ := bytes.Cut(texts, []byte("\n"))
		fields := strings.Fields(string(head)) // object, type, size
		if len(fields) != 3 || fields[1] != "blob" {
			return commit, 0, lacks(file), nil
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size+1 > len(rest) {
			return commit, 0, "", fmt.Errorf("git said %q of %s", head, file)
		}
		if err := put(into, goals[file], rest[:size]); err != nil {
			return commit, 0, "", err
		}
		texts = rest[size+1:]
	}
	return commit, taken, "", nil
}

func lacks(file string) string {
	return "the repository lacks the text of " + file + ", as a partial clone does; hand in a full clone"
}

// pick reads a listing of a commit: which objects are the texts of the wanted files.
// Only an entry whose name is a wanted one, byte for byte, is taken: a tree can hold
// any names. What is no plain file is put there as something that is none.
func pick(listing string, goals map[string]string, into *os.Root) (blobs, files []string, taken int, why string, err error) {
	seen := map[string]bool{}
	for _, line := range strings.Split(listing, "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		if !ok || len(fields) != 4 || goals[name] == "" {
			continue
		}
		if seen[name] {
			return nil, nil, 0, "the commit has two files called " + name, nil
		}
		seen[name] = true
		size, noSize := strconv.ParseInt(fields[3], 10, 64)
		switch {
		case fields[0] == "120000":
			err = link(into, goals[name])
		case fields[1] != "blob":
			err = into.MkdirAll(goals[name], 0o755)
		case noSize != nil:
			return nil, nil, 0, lacks(name), nil
		case size > submission.MaxFile:
			err = sparse(into, goals[name], size)
		default:
			blobs, files = append(blobs, fields[2]), append(files, name)
		}
		if err != nil {
			return nil, nil, 0, "", err
		}
	}
	return blobs, files, len(seen), "", nil
}
