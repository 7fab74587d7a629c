//go:build !portable

// Package openfiles adds up the files that a run's processes hold, beside their memory.
package openfiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/proc"
	"lockstep/grader/internal/box/internal/rootfs"
)

// A Counter adds up what a run takes that is in the figures of no process, where neither
// a control group nor a file system of the run's own does: memory in files that are
// in memory, of which most have no name (memfd), and files in the run's folder, also
// those that have lost their name and are still open. It is a whole file's that
// counts, not what somebody has mapped of it. None is nil, and adds up nothing.
//
// A file is found by the descriptors of the run's processes. Other ways to hold one
// are rare, and honest programs of the course have none of them: then its size can't
// be told, and hidden says why.
type Counter struct {
	work   string           // the run's folder on the host; empty: it has a file system of its own
	own    uint64           // the device of the folder, or of that file system; 0: not known
	unsure bool             // that device does not say how much its files take, but how long they are
	memory map[uint64]bool  // devices, and whether they keep their files in memory
	held   map[fileID]int64 // files of the last look, and their bytes
	next   time.Time        // no look before
	deeper time.Time        // no look into mappings before
	bytes  int64            // of memory
	files  int64            // bytes of files in the folder
	hidden string
}

type fileID struct{ device, inode uint64 }

// A look at descriptors takes a fiftieth of the time. Where one takes long, the next
// comes at the second pace, or of very many processes, in a tenth of the time. One at
// mappings holds processes up: it comes at the second pace at most. One that took long
// because the machine did something else is soon followed by another all the same.
const (
	fdShare    = 50
	deeperLook = 200 * time.Millisecond
	largeShare = 10
	rarestLook = time.Second
)

// New counts for a run. folder is on the host, or in a file system of the run's own,
// which bounds its files by itself.
func New(folder string, own bool) *Counter {
	c := &Counter{memory: map[uint64]bool{}, held: map[fileID]int64{}}
	if !own {
		c.work = folder
	}
	var s unix.Stat_t
	if unix.Stat(folder, &s) == nil {
		c.own = s.Dev
	}
	// In user space (fuse-overlayfs) files have no blocks, or those of when they were opened.
	var on unix.Statfs_t
	c.unsure = unix.Statfs(folder, &on) == nil && on.Type == unix.FUSE_SUPER_MAGIC
	return c
}

// taken is how much a file takes.
func (c *Counter) taken(s unix.Stat_t) int64 {
	if c.unsure && s.Dev == c.own {
		return max(s.Blocks*512, s.Size)
	}
	return s.Blocks * 512
}

// InMemory reports whether a path's file system keeps its files in memory.
func InMemory(path string) bool {
	var s unix.Statfs_t
	return unix.Statfs(path, &s) == nil && (s.Type == unix.TMPFS_MAGIC || s.Type == unix.RAMFS_MAGIC)
}

// Look adds up what the processes hold in memory.
func (c *Counter) Look(looks []proc.Stat) int64 {
	if c == nil {
		return 0
	}
	begin := time.Now()
	if begin.Before(c.next) {
		return c.bytes
	}
	found := map[fileID]int64{}
	for _, l := range looks {
		c.descriptors(l.PID, found)
	}
	c.lost(looks, found)
	c.held = found
	if begin.After(c.deeper) {
		for _, l := range looks {
			c.unopened(l.PID, looks)
		}
		c.deeper = begin.Add(min(max(deeperLook, largeShare*time.Since(begin)), rarestLook))
	}
	var named map[fileID]bool
	c.bytes = 0
	c.files, named = c.named()
	for id, n := range found {
		switch {
		case id.device != c.own:
			c.bytes += n
		case !named[id]:
			c.files += n
		}
	}
	took := time.Since(begin)
	c.next = begin.Add(min(fdShare*took, max(deeperLook, took*largeShare), rarestLook))
	return c.bytes
}

// hide notes why something can't be added up.
func (c *Counter) hide(format string, args ...any) {
	if c.hidden == "" {
		c.hidden = fmt.Sprintf(format, args...)
	}
}

// descriptors finds files by a process's descriptors.
func (c *Counter) descriptors(pid int, found map[fileID]int64) {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/fd", pid))
	if errors.Is(err, fs.ErrPermission) {
		if !proc.IsZombie(pid) {
			c.hide("process %d hides its descriptors", pid)
		}
		return
	}
	if err != nil {
		return // it is gone
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		var s unix.Stat_t
		if unix.Fstatat(int(dir.Fd()), name, &s, 0) != nil || s.Mode&unix.S_IFMT != unix.S_IFREG {
			continue
		}
		switch {
		case s.Dev == c.own && (c.work == "" || !lostItsName(dir, name, s)): // has its own limit, or is added up by name
			continue
		case s.Dev == c.own:
		case !c.inMemory(filepath.Join(dir.Name(), name), s.Dev):
			continue
		case s.Nlink > 0 && !opensToWrite(pid, name):
			continue
		}
		found[fileID{s.Dev, s.Ino}] = c.taken(s)
	}
}

// inMemory reports whether a file's device keeps it in memory.
func (c *Counter) inMemory(path string, device uint64) bool {
	yes, known := c.memory[device]
	if !known {
		yes = InMemory(path)
		c.memory[device] = yes
	}
	return yes
}

// lostItsName reports whether a descriptor's file has been removed under the name by which
// it was opened. Some file systems (fuse-overlayfs) go on telling of a link.
func lostItsName(dir *os.File, name string, s unix.Stat_t) bool {
	if s.Nlink == 0 {
		return true
	}
	text := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(int(dir.Fd()), name, text)
	return err == nil && bytes.HasSuffix(text[:n], []byte(" (deleted)"))
}

// opensToWrite reports whether a descriptor is one to write to: what is only read was
// not made by the run.
func opensToWrite(pid int, name string) bool {
	flags, _ := proc.Field(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, name), "flags")
	n, err := strconv.ParseUint(flags, 8, 32)
	return err == nil && n&unix.O_ACCMODE != unix.O_RDONLY
}

// lost looks after large files that nobody has open any more. One may be on its way
// from process to process.
func (c *Counter) lost(looks []proc.Stat, found map[fileID]int64) {
	const large = 1 << 20
	for id, size := range c.held {
		if _, there := found[id]; there || size < large {
			continue
		}
		if c.underway(looks) {
			found[id] = size
		}
	}
}

// underway reports whether descriptors wait in a socket of the run's.
func (c *Counter) underway(looks []proc.Stat) bool {
	for _, l := range looks {
		names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", l.PID))
		for _, name := range names {
			if n, ok := proc.Field(name, "scm_fds"); ok && n != "0" {
				return true
			}
		}
	}
	return false
}

// unopened looks for files that a process has mapped and that nobody has open. Who
// is asked may have opened one since its descriptors were looked at, or have ended:
// so both are asked again.
func (c *Counter) unopened(pid int, looks []proc.Stat) {
	if len(c.mapped(pid)) == 0 {
		return
	}
	for _, l := range looks {
		c.descriptors(l.PID, c.held)
	}
	for _, name := range c.mapped(pid) {
		c.hide("process %d maps %s, which nobody has open", pid, name)
	}
}

// mapped lists such files as far as is known.
func (c *Counter) mapped(pid int) (names []string) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if errors.Is(err, fs.ErrPermission) && !proc.IsZombie(pid) {
		c.hide("process %d hides its mappings", pid)
	}
	for line := range bytes.Lines(text) {
		// ADDRESSES RIGHTS OFFSET DEVICE INODE NAME
		f := bytes.Fields(line)
		if len(f) < 7 || !bytes.Equal(f[len(f)-1], []byte("(deleted)")) {
			continue
		}
		inode, err := strconv.ParseUint(string(f[4]), 10, 64)
		if err != nil || c.opened(inode) {
			continue
		}
		name := string(f[5])
		if name == "/dev/zero" || name == "/anon_hugepage" || strings.HasPrefix(name, "/memfd:") ||
			InMemory(fmt.Sprintf("/proc/%d/map_files/%s", pid, f[0])) {
			names = append(names, name)
		}
	}
	return names
}

// opened reports whether a file was found by a descriptor.
func (c *Counter) opened(inode uint64) bool {
	for id := range c.held {
		if id.inode == inode {
			return true
		}
	}
	return false
}

// named adds up the files in the run's folder, of which each takes some room. There is
// a bound on how many it looks at. It also says which they are.
func (c *Counter) named() (total int64, files map[fileID]bool) {
	files = map[fileID]bool{}
	if c.work == "" {
		return 0, files
	}
	const most = 20_000
	seen := 0
	_ = filepath.WalkDir(c.work, func(name string, d fs.DirEntry, err error) error {
		if seen++; seen > most {
			c.hide("there are more than %d files in its folder", most)
			return filepath.SkipAll
		}
		var s unix.Stat_t
		if err == nil && name != c.work && unix.Lstat(name, &s) == nil && !files[fileID{s.Dev, s.Ino}] {
			files[fileID{s.Dev, s.Ino}] = true
			total += max(c.taken(s), rootfs.BytesPerInode)
		}
		return nil // what is gone or can't be looked into is none of a file that could be seen
	})
	return total, files
}

// Written is how many bytes of files there are in the run's folder.
func (c *Counter) Written() int64 {
	if c == nil {
		return 0
	}
	return c.files
}

// Left is how much the run leaves in its folder.
func (c *Counter) Left() int64 {
	if c == nil {
		return 0
	}
	total, _ := c.named()
	return total
}

// Uncounted says why not all could be added up; "": it was, or nobody had to.
func (c *Counter) Uncounted() string {
	if c == nil {
		return ""
	}
	return c.hidden
}
