package cohort

import (
	"archive/zip"
	"cmp"
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
	"syscall"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/submission"
)

// Tree is a submission as a folder that exercises can be read from.
type Tree struct {
	Dir     string
	Version string    // of a repository: the commit that was taken; else empty
	Time    time.Time // of its last commit that changed what is taken; zero: not known
	Problem string    // why nothing can be read, which is the student's to mend
	layout
	unpacked bool // the folder holds no more than what was taken
}

// holds reports whether something of an exercise was found, be it of use or not.
func (t Tree) holds() bool {
	return t.Problem == "" && (t.taken > 0 || len(t.places)+len(t.clash) > 0)
}

// There says what was handed in where nothing of it is an exercise's.
func (t Tree) There() string { return cmp.Or(t.Problem, t.there) }

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
// working tree, or the newest commit of a bare one. Course names all exercises, also
// those that are not graded. An error is not the student's.
func (s Submission) Open(ctx context.Context, exercises []*exercise.Exercise, course []string, at time.Time, dir string) (tree Tree, err error) {
	if s.Kind == None {
		return Tree{Problem: "nothing was handed in"}, nil
	}
	if !s.Deadline.IsZero() {
		at = s.Deadline
	}
	bare := false
	if s.Kind == Repository {
		_, err := os.Lstat(filepath.Join(s.Path, ".git"))
		bare = err != nil
	}
	if (s.Kind == Folder || s.Kind == Repository && at.IsZero() && !s.Committed) && !bare {
		files, err := listFolder(s.Path)
		if err != nil {
			return Tree{}, fmt.Errorf("cannot read %s: %w", s.Path, err)
		}
		packed := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return !isZip(name) })
		laid := Tree{Dir: s.Path, layout: layOut(files, exercises, course)}
		switch {
		case len(laid.places)+len(laid.clash) > 0 || len(packed) == 0 || s.Kind == Repository:
			return laid, nil
		case len(packed) > 1:
			laid.Problem = fmt.Sprintf("there are %d zip files: %s; hand in one", len(packed), shownNames(packed))
			return laid, nil
		}
		s = Submission{Student: s.Student, Path: filepath.Join(s.Path, filepath.FromSlash(packed[0])), Kind: Zip}
		if info, err := os.Lstat(s.Path); err != nil || !info.Mode().IsRegular() {
			laid.Problem = packed[0] + " is no plain file"
			return laid, nil
		}
		defer func() { tree.odd = append(tree.odd, "unpacked from "+shownNames(packed)) }()
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
	switch s.Kind {
	case Zip:
		tree, err = s.unzip(exercises, course, into)
	case Files:
		tree, err = s.gather(exercises, course, into)
	default:
		tree, err = s.checkOut(ctx, exercises, course, at, into)
	}
	tree.Dir, tree.unpacked = dir, true
	return tree, err
}

func isZip(name string) bool { return strings.EqualFold(path.Ext(name), ".zip") }

// goals are the files that a layout takes, and where each is put: where exercises lie in
// a repository. What is put is read from there.
func (l *layout) goals(exercises []*exercise.Exercise) map[string]string {
	goals := map[string]string{}
	for _, e := range exercises {
		place, ok := l.places[e.ID]
		if !ok {
			continue
		}
		l.places[e.ID] = "exercises/" + e.ID
		for _, file := range e.Edit {
			goals[path.Join(place, file)] = path.Join("exercises", e.ID, file)
		}
	}
	return goals
}

// gather takes files that were handed in one by one.
func (s Submission) gather(exercises []*exercise.Exercise, course []string, into *os.Root) (tree Tree, err error) {
	var names []string
	for name := range s.Parts {
		names = append(names, name)
	}
	slices.Sort(names)
	tree.layout = layOut(names, exercises, course)
	for from, to := range tree.goals(exercises) {
		if file := s.Parts[from]; file != "" {
			text, why := plain(file)
			if why != "" {
				tree.Problem = from + " " + why
			} else if err := put(into, to, text); err != nil {
				return tree, err
			}
		}
	}
	return tree, nil
}

// plain reads a plain file, as far as anybody takes one.
func plain(name string) (text []byte, why string) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, "can't be read"
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, "is no plain file"
	}
	if text, err = io.ReadAll(io.LimitReader(f, submission.MaxFile+1)); err != nil {
		return nil, "can't be read"
	}
	return text, ""
}

// unzip takes the files of exercises out of a zip file, wherever in it they lie.
func (s Submission) unzip(exercises []*exercise.Exercise, course []string, into *os.Root) (tree Tree, err error) {
	file, err := os.Open(s.Path)
	if err != nil {
		return tree, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return tree, err
	}
	listing := &bounded{file, mostListing}
	archive, err := zip.NewReader(listing, info.Size())
	listing.left = math.MaxInt64
	if err != nil {
		tree.Problem = "the zip file can't be read: " + err.Error()
		return tree, nil
	}
	files := map[string]*zip.File{}
	var names []string
	for _, f := range archive.File {
		name := strings.TrimPrefix(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "../")
		if f.FileInfo().IsDir() || !fs.ValidPath(name) || slices.ContainsFunc(strings.Split(name, "/"), ofTools) {
			continue
		}
		files[name], names = f, append(names, name)
	}
	tree.layout = layOut(names, exercises, course)
	for from, to := range tree.goals(exercises) {
		f := files[from]
		if f == nil {
			continue
		}
		if f.Mode()&fs.ModeSymlink != 0 {
			if err := link(into, to); err != nil {
				return tree, err
			}
			continue
		}
		r, err := f.Open()
		var text []byte
		if err == nil {
			text, err = io.ReadAll(io.LimitReader(r, submission.MaxFile+1))
			r.Close()
		}
		if err != nil {
			tree.Problem = fmt.Sprintf("%s in the zip file can't be read: %v", report.Escape(from, 120), err)
			return tree, nil
		}
		if err := put(into, to, text); err != nil {
			return tree, err
		}
	}
	return tree, nil
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
	why := cmp.Or(t.Problem, t.clash[e.ID])
	if _, ok := t.places[e.ID]; why == "" && !ok && t.unpacked && t.there != "" {
		why = "there is no such file: " + t.there
	}
	if why != "" {
		return &submission.Submission{Exercise: e, Dir: own, Place: own, Problems: []submission.Problem{{File: own, Text: why}}}, nil
	}
	read := submission.Read
	if place, ok := t.places[e.ID]; ok {
		read = func(tree string, e *exercise.Exercise) (*submission.Submission, error) {
			return submission.ReadAt(tree, filepath.FromSlash(place), e)
		}
	}
	work, err := read(t.Dir, e)
	if err != nil {
		return nil, err
	}
	for i, p := range work.Problems {
		if rel, err := filepath.Rel(work.Dir, p.File); err == nil {
			work.Problems[i].File = path.Join(own, filepath.ToSlash(rel))
		}
	}
	work.Dir, work.Place = own, own
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
