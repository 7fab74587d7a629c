//go:build !portable

// Package rootfs is the root file system that a box's programs see.
package rootfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Config says what of the host's is shown.
type Config struct {
	Program  string   // the executable
	ReadOnly []string // shown read-only at the same place
	Writable []string // shown writable at the same place
	Programs []string // other executables, shown in /bin
	Room     int64    // bytes of /tmp
	User     int      // whose /tmp it is
}

// Tree is a root with what is shown of the host's, the processes of the box, /dev/null
// and a bounded /tmp. It stands in init's mount namespace, at a place that the host
// needs least; a shim makes it its root.
type Tree struct {
	Program string   // where the program stands in it
	room    int64    // bytes of /tmp
	user    int      // whose /tmp it is
	inTmp   []string // what is shown of the host's /tmp, in the tree's
}

// At is where the tree stands. It hides the host's folder from init only.
const At = "/tmp"

// programPlace is where a program stands that is not among the files shown: its
// path on the host is nobody's business.
const programPlace = "/program"

// mount is one thing that the tree shows.
type mount struct {
	at     string
	source int // a mount that is attached nowhere yet
	folder bool
}

// New makes the tree in the mount namespace of this process.
func New(c Config) (*Tree, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("cannot keep mounts private: %w", err)
	}
	t := &Tree{Program: programPlace, room: c.Room, user: c.User}
	mounts, whole, err := t.gather(c)
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
	mounts = append(mounts, mount{"/proc", proc, true})
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
	if err := attach(root, At); err != nil {
		return nil, err
	}
	os.Mkdir(At+"/tmp", 0o755)
	for _, m := range mounts {
		if within(m.at, "/tmp") {
			t.inTmp = append(t.inTmp, m.at)
		}
	}
	if t.inTmp != nil {
		if err := t.mountTmp(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(mounts, func(a, b mount) int { return strings.Compare(a.at, b.at) })
	for _, m := range mounts {
		if err := t.add(m); err != nil {
			return nil, err
		}
	}
	if err := unix.MountSetattr(-1, At, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return nil, fmt.Errorf("cannot make a root read-only: %w", err)
	}
	return t, nil
}

// gather takes hold of everything that the tree will show, while init still sees
// the host's files. whole is the host's root, if that is shown.
func (t *Tree) gather(c Config) (mounts []mount, whole *mount, err error) {
	take := func(path string, attributes uint64) error {
		m, err := takeHold(path, attributes)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
		if m.at == "/" {
			whole = &m
		} else {
			mounts = append(mounts, m)
		}
		return nil
	}
	const still = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	for _, path := range c.Programs {
		m, err := takeHold(path, still)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot show a program beside it: %w", err)
		}
		m.at = "/bin/" + filepath.Base(path)
		mounts = append(mounts, m)
	}
	covered := false
	for _, path := range c.ReadOnly {
		covered = covered || within(c.Program, path)
		if err := take(path, still); err != nil {
			return nil, nil, err
		}
	}
	for _, path := range c.Writable {
		if err := take(path, still&^unix.MOUNT_ATTR_RDONLY); err != nil {
			return nil, nil, err
		}
	}
	if err := take(os.DevNull, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC); err != nil {
		return nil, nil, err
	}
	if covered {
		t.Program = c.Program
		if whole == nil || !within(c.Program, "/tmp") {
			return mounts, whole, nil
		}
	}
	m, err := takeHold(c.Program, still)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot show the program: %w", err)
	}
	m.at = t.Program
	mounts = append(mounts, m)
	for _, path := range Libraries(c.Program) {
		if err := take(path, still); err != nil {
			return nil, nil, err
		}
	}
	return mounts, whole, nil
}

// takeHold copies the mount of a path, with everything below it.
func takeHold(path string, attributes uint64) (mount, error) {
	info, err := os.Stat(path)
	if err != nil {
		return mount{}, err
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return mount{}, os.NewSyscallError("open_tree", err)
	}
	err = unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attributes})
	if err != nil {
		unix.Close(fd)
		return mount{}, os.NewSyscallError("mount_setattr", err)
	}
	return mount{filepath.Clean(path), fd, info.IsDir()}, nil
}

// add attaches a mount.
func (t *Tree) add(m mount) error {
	at := At + m.at
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return fmt.Errorf("cannot show %s: %w", m.at, err)
	}
	if _, err := os.Lstat(at); err != nil {
		if m.folder {
			err = os.Mkdir(at, 0o755)
		} else {
			err = os.WriteFile(at, nil, 0o444)
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", m.at, err)
		}
	}
	return attach(m.source, at)
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

// BytesPerInode is how much room of /tmp comes with one file more.
const BytesPerInode = 16 << 10

// mountTmp mounts a fresh /tmp.
func (t *Tree) mountTmp() error {
	room := max(t.room, 64<<10)
	fd, err := fileSystem("tmpfs", "mode=1777", fmt.Sprintf("uid=%d", t.user), fmt.Sprintf("gid=%d", t.user),
		fmt.Sprintf("size=%d", room), fmt.Sprintf("nr_inodes=%d", room/BytesPerInode+64))
	if err != nil {
		return err
	}
	return attach(fd, At+"/tmp")
}

// FreshTmp gives a run its /tmp. One that shows something of the host's is
// mounted once, and cleared after a run: only a compiler needs that.
func (t *Tree) FreshTmp() error {
	if t.inTmp != nil {
		return nil
	}
	return t.mountTmp()
}

// ClearTmp takes away what a run left in /tmp.
func (t *Tree) ClearTmp() error {
	if t.inTmp == nil {
		if err := unix.Unmount(At+"/tmp", unix.MNT_DETACH); err != nil {
			return fmt.Errorf("cannot unmount /tmp: %w", err)
		}
		return nil
	}
	entries, err := os.ReadDir(At + "/tmp")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := "/tmp/" + e.Name()
		if slices.ContainsFunc(t.inTmp, func(shown string) bool { return within(shown, name) }) {
			continue
		}
		if err := os.RemoveAll(At + name); err != nil {
			return err
		}
	}
	return nil
}

// within reports whether a path is another one or below it.
func within(path, folder string) bool {
	inside, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(inside)
}

// Enter takes the calling thread into the tree.
func Enter() error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("cannot have mounts of its own: %w", err)
	}
	if err := unix.Chdir(At); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("cannot change the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("cannot leave the host's files: %w", err)
	}
	return nil
}
