//go:build !portable

package box

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// tree is the file system that programs of a box see: a root of its own with
// what the setup shows of the host's, the processes of the box, /dev/null and a
// bounded /tmp. It stands in init's mount namespace, at a place that the host
// needs least; a shim makes it its root.
type tree struct {
	root    string
	program string   // where the program stands in it
	room    int64    // bytes of /tmp
	user    int      // whose /tmp it is
	inTmp   []string // what is shown of the host's /tmp, in the tree's
}

// treeRoot is where the tree stands. It hides the host's folder from init only.
const treeRoot = "/tmp"

// programPlace is where a program stands that is not among the files shown: its
// path on the host is nobody's business.
const programPlace = "/program"

// graft is one thing that the tree shows.
type graft struct {
	at     string
	source int // a mount that is attached nowhere yet
	folder bool
}

// plant makes the tree.
func plant(s terms) (*tree, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("cannot keep mounts private: %w", err)
	}
	t := &tree{root: treeRoot, program: programPlace, room: s.Limits.FileSize, user: s.User}
	grafts, whole, err := t.gather(s.Setup)
	if err != nil {
		return nil, err
	}
	// A process file system without anything that is not a process's, and without
	// those that have more rights than the program, above all init. ("invisible"
	// would show everything to group 0, which a user namespace of root's has.)
	proc, err := fileSystem("proc", "hidepid=ptraceable", "subset=pid")
	if err != nil {
		return nil, err
	}
	grafts = append(grafts, graft{"/proc", proc, true})
	root := -1
	if whole != nil {
		root = whole.source
	} else if root, err = fileSystem("tmpfs", "mode=755", "size=1m"); err != nil {
		return nil, err
	}
	// From here on init sees its own processes instead of the host's.
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return nil, fmt.Errorf("cannot mount /proc: %w", err)
	}
	if err := attach(root, t.root); err != nil {
		return nil, err
	}
	os.Mkdir(t.root+"/tmp", 0o755)
	for _, g := range grafts {
		if within(g.at, "/tmp") {
			t.inTmp = append(t.inTmp, g.at)
		}
	}
	if t.inTmp != nil {
		if err := t.mountTmp(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(grafts, func(a, b graft) int { return strings.Compare(a.at, b.at) })
	for _, g := range grafts {
		if err := t.add(g); err != nil {
			return nil, err
		}
	}
	if err := unix.MountSetattr(-1, t.root, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return nil, fmt.Errorf("cannot make a root read-only: %w", err)
	}
	return t, nil
}

// gather takes hold of everything that the tree will show, while init still sees
// the host's files. whole is the host's root, if that is shown.
func (t *tree) gather(s Setup) (grafts []graft, whole *graft, err error) {
	take := func(path string, attributes uint64) error {
		g, err := takeHold(path, attributes)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
		if g.at == "/" {
			whole = &g
		} else {
			grafts = append(grafts, g)
		}
		return nil
	}
	const still = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	covered := false
	for _, path := range s.ReadOnly {
		covered = covered || within(s.Program, path)
		if err := take(path, still); err != nil {
			return nil, nil, err
		}
	}
	for _, path := range s.Writable {
		if err := take(path, still&^unix.MOUNT_ATTR_RDONLY); err != nil {
			return nil, nil, err
		}
	}
	if err := take(os.DevNull, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC); err != nil {
		return nil, nil, err
	}
	if covered {
		t.program = s.Program
		if whole == nil || !within(s.Program, "/tmp") {
			return grafts, whole, nil
		}
	}
	g, err := takeHold(s.Program, still)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot show the program: %w", err)
	}
	g.at = t.program
	grafts = append(grafts, g)
	for _, path := range needs(s.Program) {
		if err := take(path, still); err != nil {
			return nil, nil, err
		}
	}
	return grafts, whole, nil
}

// takeHold copies the mount of a path, with everything below it.
func takeHold(path string, attributes uint64) (graft, error) {
	info, err := os.Stat(path)
	if err != nil {
		return graft{}, err
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return graft{}, os.NewSyscallError("open_tree", err)
	}
	err = unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attributes})
	if err != nil {
		unix.Close(fd)
		return graft{}, os.NewSyscallError("mount_setattr", err)
	}
	return graft{filepath.Clean(path), fd, info.IsDir()}, nil
}

// add attaches a graft.
func (t *tree) add(g graft) error {
	at := t.root + g.at
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return fmt.Errorf("cannot show %s: %w", g.at, err)
	}
	if _, err := os.Lstat(at); err != nil {
		if g.folder {
			err = os.Mkdir(at, 0o755)
		} else {
			err = os.WriteFile(at, nil, 0o444)
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", g.at, err)
		}
	}
	return attach(g.source, at)
}

func attach(source int, at string) error {
	defer unix.Close(source)
	if err := unix.MoveMount(source, "", unix.AT_FDCWD, at, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("cannot mount at %s: %w", at, err)
	}
	return nil
}

// fileSystem makes a mount that is attached nowhere yet.
func fileSystem(kind string, options ...string) (int, error) {
	context, err := unix.Fsopen(kind, unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("cannot make a %s: %w", kind, err)
	}
	defer unix.Close(context)
	for _, o := range options {
		key, value, _ := strings.Cut(o, "=")
		if err := unix.FsconfigSetString(context, key, value); err != nil {
			return -1, fmt.Errorf("cannot make a %s with %s: %w", kind, o, err)
		}
	}
	if err := unix.FsconfigCreate(context); err != nil {
		return -1, fmt.Errorf("cannot make a %s: %w", kind, err)
	}
	fd, err := unix.Fsmount(context, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
	if err != nil {
		return -1, fmt.Errorf("cannot mount a %s: %w", kind, err)
	}
	return fd, nil
}

// bytesAnInode is how much room of /tmp comes with one file more.
const bytesAnInode = 16 << 10

// mountTmp mounts a fresh /tmp.
func (t *tree) mountTmp() error {
	room := max(t.room, 64<<10)
	fd, err := fileSystem("tmpfs", "mode=1777", fmt.Sprintf("uid=%d", t.user), fmt.Sprintf("gid=%d", t.user),
		fmt.Sprintf("size=%d", room), fmt.Sprintf("nr_inodes=%d", room/bytesAnInode+64))
	if err != nil {
		return err
	}
	return attach(fd, t.root+"/tmp")
}

// freshTmp gives a run its /tmp. One that shows something of the host's is
// mounted once, and cleared after a run: only a compiler needs that.
func (t *tree) freshTmp() error {
	if t.inTmp != nil {
		return nil
	}
	return t.mountTmp()
}

// clearTmp takes away what a run left in /tmp.
func (t *tree) clearTmp() error {
	if t.inTmp == nil {
		if err := unix.Unmount(t.root+"/tmp", unix.MNT_DETACH); err != nil {
			return fmt.Errorf("cannot unmount /tmp: %w", err)
		}
		return nil
	}
	entries, err := os.ReadDir(t.root + "/tmp")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := "/tmp/" + e.Name()
		if slices.ContainsFunc(t.inTmp, func(shown string) bool { return within(shown, name) }) {
			continue
		}
		if err := os.RemoveAll(t.root + name); err != nil {
			return err
		}
	}
	return nil
}

// within says whether a path is another one or below it.
func within(path, folder string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, "../")
}

// needs finds the loader and the libraries of a program that is not complete in
// itself, as builds with the race detector are not.
func needs(program string) []string {
	f, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer f.Close()
	loader := ""
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			name := make([]byte, p.Filesz)
			p.ReadAt(name, 0)
			loader = strings.TrimRight(string(name), "\x00")
		}
	}
	if loader == "" {
		return nil
	}
	found := []string{loader}
	folders := []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	if real, err := filepath.EvalSymlinks(loader); err == nil {
		folders = append([]string{filepath.Dir(real)}, folders...)
	}
	queue, _ := f.ImportedLibraries()
	known := map[string]bool{}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if known[name] {
			continue
		}
		known[name] = true
		for _, dir := range folders {
			path := filepath.Join(dir, name)
			l, err := elf.Open(path)
			if err != nil {
				continue
			}
			more, _ := l.ImportedLibraries()
			l.Close()
			found, queue = append(found, path), append(queue, more...)
			break
		}
	}
	return found
}
