package cohort

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// Tree is a submission as a folder that exercises can be read from.
type Tree struct {
	Dir     string
	Version string // of a repository: the commit that was taken; else empty
	Problem string // why nothing can be read, which is the student's to mend
}

// wanted are the files that grading takes, by their names in a submission.
func wanted(exercises []*exercise.Exercise) []string {
	var names []string
	for _, e := range exercises {
		for _, file := range e.Edit {
			names = append(names, "exercises/"+e.ID+"/"+file, e.ID+"/"+file)
		}
	}
	return names
}

// Open makes a submission's files readable below dir, which is the caller's to
// remove; a folder is read where it lies. Only the files that grading takes are
// unpacked, whatever else a submission holds, and nothing is written but below dir.
// At picks a repository's last commit before that time; the zero time takes its
// working tree, or the newest commit of a bare one. An error is not the student's.
func (s Submission) Open(ctx context.Context, exercises []*exercise.Exercise, at time.Time, dir string) (tree Tree, err error) {
	bare := false
	if s.Kind == Repository {
		_, err := os.Lstat(filepath.Join(s.Path, ".git"))
		bare = err != nil
	}
	if s.Kind != Zip && !bare && (s.Kind != Repository || at.IsZero()) {
		return Tree{Dir: s.Path}, nil
	}
	defer func() {
		if err != nil {
			tree, err = Tree{}, fmt.Errorf("cannot unpack %s: %w", s.Path, err)
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return tree, err
	}
	into, err := os.OpenRoot(dir)
	if err != nil {
		return tree, err
	}
	defer into.Close()
	tree.Dir = dir
	if s.Kind == Zip {
		tree.Problem, err = s.unzip(wanted(exercises), into)
	} else {
		tree.Version, tree.Problem, err = s.checkOut(ctx, wanted(exercises), at, into)
	}
	return tree, err
}

// unzip takes the wanted files out of a zip file, also from below one folder that
// holds everything, as GitHub and most people pack them.
func (s Submission) unzip(names []string, into *os.Root) (problem string, err error) {
	file, err := os.Open(s.Path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	listing := &bounded{file, mostListing}
	archive, err := zip.NewReader(listing, info.Size())
	listing.left = math.MaxInt64
	if err != nil {
		return "the zip file can't be read: " + err.Error(), nil
	}
	files := map[string]*zip.File{}
	for _, f := range archive.File {
		name := path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))
		files[name] = f
		if _, below, ok := strings.Cut(name, "/"); ok && files[below] == nil {
			files[below] = f
		}
	}
	for _, name := range names {
		f := files[name]
		if f == nil || f.FileInfo().IsDir() {
			continue
		}
		if f.Mode()&fs.ModeSymlink != 0 {
			if err := link(into, name); err != nil {
				return "", err
			}
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Sprintf("%s in the zip file can't be read: %v", name, err), nil
		}
		text, readErr := io.ReadAll(io.LimitReader(r, submission.MaxFile+1))
		r.Close()
		if readErr != nil {
			return fmt.Sprintf("%s in the zip file can't be read: %v", name, readErr), nil
		}
		if err := put(into, name, text); err != nil {
			return "", err
		}
	}
	return "", nil
}

// mostListing bounds what a zip file says about the files in it, in bytes: they are
// all read before the first is taken.
const mostListing = 16 << 20

// bounded is a file of which no more can be read than is left.
type bounded struct {
	io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, fmt.Errorf("its list of files takes more than %d bytes", mostListing)
	}
	return b.ReaderAt.ReadAt(p, at)
}

func put(into *os.Root, name string, text []byte) error {
	if err := into.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return into.WriteFile(name, text, 0o644)
}

// sparse stands for a file that is too large: refused by its size, never read. A
// repository can name sizes that no file system has.
func sparse(into *os.Root, name string, size int64) error {
	if err := put(into, name, nil); err != nil {
		return err
	}
	f, err := into.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(min(size, 1<<30)), f.Close())
}

// link stands for a link of a submission's, so that it is refused as one.
func link(into *os.Root, name string) error {
	if err := into.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return into.Symlink("a link of the submission", name)
}

// Take reads one exercise's files from an opened submission. Its paths are those
// that the student knows, whatever the machine that grades calls them.
func (t Tree) Take(e *exercise.Exercise) (*submission.Submission, error) {
	own := path.Join("exercises", e.ID)
	if t.Problem != "" {
		return &submission.Submission{Exercise: e, Dir: own, Problems: []submission.Problem{{File: own, Text: t.Problem}}}, nil
	}
	work, err := submission.Read(t.Dir, e)
	if err != nil {
		return nil, err
	}
	for i, p := range work.Problems {
		if rel, err := filepath.Rel(work.Dir, p.File); err == nil {
			work.Problems[i].File = path.Join(own, filepath.ToSlash(rel))
		}
	}
	work.Dir = own
	return work, nil
}

// Digest names what will be graded: the same files of the same exercise have the
// same one, and get the same verdict.
func Digest(s *submission.Submission) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", s.Exercise.ID)
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		fmt.Fprintf(h, "%q %q\n", name, s.Files[name])
	}
	for _, p := range s.Problems {
		fmt.Fprintf(h, "%q\n", p.String())
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
