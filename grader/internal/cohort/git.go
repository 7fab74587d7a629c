package cohort

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/git"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/submission"
)

// checkOut takes the wanted files out of a repository's last commit before at, and
// writes them below the root.
func (s Submission) checkOut(ctx context.Context, names []string, at time.Time, into *os.Root) (version, problem string, err error) {
	room, err := scratch.New("git")
	if err != nil {
		return "", "", err
	}
	defer room.Close()
	repository, why, err := git.HandedIn(s.Path, room.Path)
	if err != nil || why != "" {
		return "", why, err
	}
	ask := []string{"rev-list", "-1", "HEAD", "--"}
	if !at.IsZero() {
		ask = []string{"rev-list", "-1", "--before=" + at.UTC().Format("2006-01-02T15:04:05Z"), "HEAD", "--"}
	}
	said, why, err := repository.Ask(ctx, nil, ask...)
	if err != nil || why != "" {
		return "", why, err
	}
	commit := strings.TrimSpace(string(said))
	if commit == "" {
		return "", "the repository has no commit before " + at.Format(time.RFC3339), nil
	}
	listing, why, err := repository.Ask(ctx, nil, append([]string{"ls-tree", "-z", "-l", commit, "--"}, names...)...)
	if err != nil || why != "" {
		return commit, why, err
	}
	blobs, files, why, err := pick(string(listing), names, into)
	if err != nil || why != "" || len(blobs) == 0 {
		return commit, why, err
	}
	texts, why, err := repository.Ask(ctx, []byte(strings.Join(blobs, "\n")+"\n"), "cat-file", "--batch")
	if err != nil || why != "" {
		return commit, why, err
	}
	for _, file := range files {
		head, rest, _ := bytes.Cut(texts, []byte("\n"))
		fields := strings.Fields(string(head)) // object, type, size
		if len(fields) != 3 || fields[1] != "blob" {
			return commit, lacks(file), nil
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size+1 > len(rest) {
			return commit, "", fmt.Errorf("git said %q of %s", head, file)
		}
		if err := put(into, file, rest[:size]); err != nil {
			return commit, "", err
		}
		texts = rest[size+1:]
	}
	return commit, "", nil
}

func lacks(file string) string {
	return "the repository lacks the text of " + file + ", as a partial clone does; hand in a full clone"
}

// pick reads a listing of a commit: which objects are the texts of the wanted files.
// Only an entry whose name is a wanted one, byte for byte, is taken: a tree can hold
// any names. What is no plain file is put there as something that is none.
func pick(listing string, names []string, into *os.Root) (blobs, files []string, why string, err error) {
	seen := map[string]bool{}
	for _, line := range strings.Split(listing, "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		if !ok || len(fields) != 4 || !slices.Contains(names, name) {
			continue
		}
		if seen[name] {
			return nil, nil, "the commit has two files called " + name, nil
		}
		seen[name] = true
		size, noSize := strconv.ParseInt(fields[3], 10, 64)
		switch {
		case fields[0] == "120000":
			err = link(into, name)
		case fields[1] != "blob":
			err = into.MkdirAll(name, 0o755)
		case noSize != nil:
			return nil, nil, lacks(name), nil
		case size > submission.MaxFile:
			err = sparse(into, name, size)
		default:
			blobs, files = append(blobs, fields[2]), append(files, name)
		}
		if err != nil {
			return nil, nil, "", err
		}
	}
	return blobs, files, "", nil
}
