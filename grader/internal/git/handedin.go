package git

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// The most that is taken of a repository that was handed in.
const (
	mostEntries  = 1 << 20  // files and folders looked at
	mostBranches = 64 << 20 // bytes of what names commits
	mostCopied   = 1 << 30  // bytes of objects, where they have to be copied
	mostSettings = 1 << 20  // bytes of its configuration
)

// own says how a repository that does not stand by itself is made one that does.
const own = "; hand in a clone that holds everything itself, as git clone makes it"

// elsewhere are files that make git read another repository's work.
var elsewhere = []struct{ name, what string }{
	{"commondir", "its .git is that of a worktree, and names another folder"},
	{"objects/info/alternates", "it takes objects from another repository, by .git/objects/info/alternates"},
	{"objects/info/http-alternates", "it takes objects from another repository, by .git/objects/info/http-alternates"},
}

// HandedIn is a repository whose files nobody vouches for: a folder with a .git in
// it, or a bare repository. Git is run in the empty folder room, on a repository made
// there of what names commits, with settings of ours, and reads nothing of the one
// that was handed in but its objects, where they lie. Settings and what they include,
// hooks, replaced and grafted commits, and remotes that lend objects have no effect.
// What still leads out of the repository is refused: why says what. That a file is
// another name of somebody else's, a hard link, nobody can tell. Git in the box lacks
// root's rights: for root, the objects of another user are copied to the room.
func HandedIn(folder, room string) (r *Repository, why string, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, "", err
	}
	if info, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
		switch folder = filepath.Join(folder, ".git"); {
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, refused("its .git is a link to another place"), nil
		case !info.IsDir():
			return nil, refused("its .git is no folder but a file that names one"), nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("cannot read the repository: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the repository: %w", err)
	}
	defer root.Close()
	for _, other := range elsewhere {
		if _, err := root.Lstat(other.name); err == nil {
			return nil, refused(other.what), nil
		}
	}
	into, err := os.OpenRoot(room)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the repository: %w", err)
	}
	defer into.Close()
	t := &taking{from: root, into: into, copies: os.Geteuid() == 0 && !ofRoot(root)}
	for _, name := range []string{"HEAD", "packed-refs", "shallow", "refs", "reftable", "objects"} {
		if err := t.take(name); err != nil || t.why != "" {
			return nil, t.why, err
		}
	}
	if err := t.settings(); err != nil {
		return nil, "", err
	}
	objects := filepath.Join(folder, "objects")
	if t.copies {
		objects = filepath.Join(room, "objects")
	}
	return &Repository{
		dir:   room,
		env:   []string{"GIT_DIR=" + room, "GIT_OBJECT_DIRECTORY=" + objects, "GIT_NO_REPLACE_OBJECTS=1"},
		shown: []string{objects},
		words: strings.NewReplacer(objects, ".git/objects", room, ".git"),
	}, "", nil
}

func refused(what string) string { return "the repository is refused: " + what + own }

// taking takes from a repository what git may see of it.
type taking struct {
	from    *os.Root
	into    *os.Root
	copies  bool   // objects, too
	why     string // what is refused
	entries int
	bytes   int64 // of what names commits
	copied  int64 // of objects
}

func ofRoot(dir *os.Root) bool {
	info, err := dir.Stat(".")
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Uid == 0
}

// take copies a file, or what is below a folder; of the objects it only looks at
// what kind of files they are. What is not there is git's to complain of.
func (t *taking) take(name string) error {
	info, err := t.from.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the repository: %w", err)
	}
	if !info.IsDir() {
		return t.file(name, info.Mode())
	}
	return fs.WalkDir(t.from.FS(), name, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot read the repository: %w", err)
		}
		if t.entries++; t.entries > mostEntries {
			t.why = fmt.Sprintf("the repository is refused: its .git holds more than %d files", mostEntries)
			return fs.SkipAll
		}
		if d.IsDir() {
			return nil
		}
		if err := t.file(name, d.Type()); err != nil || t.why != "" {
			return cmp.Or(err, fs.SkipAll)
		}
		return nil
	})
}

func (t *taking) file(name string, mode fs.FileMode) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		t.why = refused(fmt.Sprintf(".git/%s is a link to another place", name))
		return nil
	case !mode.IsRegular():
		t.why = fmt.Sprintf("the repository is refused: .git/%s is no plain file", name)
		return nil
	case !strings.HasPrefix(name, "objects"):
		n, err := t.copy(name, mostBranches-t.bytes)
		if t.bytes += n; err == nil && t.bytes >= mostBranches {
			t.why = fmt.Sprintf("the repository is refused: its branches and tags take more than %d bytes", mostBranches)
		}
		return err
	case t.copies:
		n, err := t.copy(name, mostCopied-t.copied)
		if t.copied += n; err == nil && t.copied >= mostCopied {
			err = fmt.Errorf("cannot read the repository: it belongs to another user, and takes more than %d bytes", mostCopied)
		}
		return err
	}
	return nil
}

// copy copies a file up to a bound.
func (t *taking) copy(name string, most int64) (n int64, err error) {
	from, err := t.open(name)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	var to *os.File
	if err = t.into.MkdirAll(path.Dir(name), 0o755); err == nil {
		to, err = t.into.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	}
	if err == nil {
		n, err = io.Copy(to, io.LimitReader(from, most))
		err = errors.Join(err, to.Close())
	}
	if err != nil {
		return n, fmt.Errorf("cannot read the repository: %w", err)
	}
	return n, nil
}

// open opens a plain file, and never waits for a pipe's writer.
func (t *taking) open(name string) (*os.File, error) {
	f, err := t.from.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot read the repository: %w", err)
	}
	return f, nil
}

var namedBySHA256 = regexp.MustCompile(`(?mi)^[ \t]*objectformat[ \t]*=[ \t]*"?sha256\b`)

// settings writes the configuration. All that is believed of the other one is how
// its objects are named; shortcuts through the objects are not taken, since they can
// say what the objects do not.
func (t *taking) settings() error {
	config := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tcommitGraph = false\n\tmultiPackIndex = false\n[extensions]\n"
	if info, err := t.from.Lstat("config"); err == nil && info.Mode().IsRegular() {
		f, err := t.open("config")
		if err != nil {
			return err
		}
		defer f.Close()
		if text, err := io.ReadAll(io.LimitReader(f, mostSettings)); err == nil && namedBySHA256.Match(text) {
			config += "\tobjectFormat = sha256\n"
		}
	}
	if _, err := t.from.Lstat("reftable"); err == nil {
		config += "\trefStorage = reftable\n"
	}
	err := t.into.MkdirAll("refs", 0o755)
	if err == nil {
		err = t.into.WriteFile("config", []byte(config), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot read the repository: %w", err)
	}
	return nil
}
