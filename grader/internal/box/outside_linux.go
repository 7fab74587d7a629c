//go:build !portable

package box

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
)

// outside adds up what a run takes that is in the figures of no process, where neither
// a control group nor a file system of the run's own does: memory in files that are
// in memory, of which most have no name (memfd), and files in the run's folder, also
// those that have lost their name and are still open. It is a whole file's that
// counts, not what somebody has mapped of it. None is nil, and adds up nothing.
//
// A file is found by the descriptors of the run's processes. Other ways to hold one
// are rare, and honest programs of the course have none of them: then its size can't
// be told, and hidden says why.
type outside struct {
	work   string           // the run's folder on the host; empty: it has a file system of its own
	own    uint64           // the device of the folder, or of that file system; 0: not known
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
// mappings holds processes up: it comes at the second pace at most.
const (
	outsideShare = 50
	deeperLook   = 200 * time.Millisecond
	largeShare   = 10
)

// outside is what has to be added up here.
func (p *place) outside() *outside {
	if p.group != nil {
		return nil
	}
	o := &outside{memory: map[uint64]bool{}, held: map[fileID]int64{}}
	dir := filepath.Join(p.dir, "work")
	if p.tree != nil {
		dir = filepath.Join(p.tree.root, "tmp")
	} else {
		o.work = dir
	}
	var s unix.Stat_t
	if unix.Stat(dir, &s) == nil {
		o.own = s.Dev
	}
	return o
}

// look adds up what the processes hold.
func (o *outside) look(looks []look) int64 {
	if o == nil {
		return 0
	}
	begin := time.Now()
	if begin.Before(o.next) {
		return o.bytes
	}
	found := map[fileID]int64{}
	for _, l := range looks {
		o.descriptors(l.pid, found)
	}
	o.lost(looks, found)
	o.held = found
	if begin.After(o.deeper) {
		for _, l := range looks {
			o.unopened(l.pid, looks)
		}
		o.deeper = begin.Add(max(deeperLook, largeShare*time.Since(begin)))
	}
	var named map[fileID]bool
	o.bytes = 0
	o.files, named = o.named()
	for id, n := range found {
		switch {
		case id.device != o.own:
			o.bytes += n
		case !named[id]:
			o.files += n
		}
	}
	took := time.Since(begin)
	o.next = begin.Add(min(outsideShare*took, max(deeperLook, took*largeShare)))
	return o.bytes
}

// hide notes why something can't be added up.
func (o *outside) hide(format string, args ...any) {
	if o.hidden == "" {
		o.hidden = fmt.Sprintf(format, args...)
	}
}

// descriptors finds files by a process's descriptors.
func (o *outside) descriptors(pid int, found map[fileID]int64) {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/fd", pid))
	if errors.Is(err, fs.ErrPermission) {
		if !isZombie(pid) {
			o.hide("process %d hides its descriptors", pid)
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
		case s.Dev == o.own && (o.work == "" || !lostItsName(dir, name, s)): // has its own limit, or is added up by name
			continue
		case s.Dev == o.own:
		case !o.inMemory(filepath.Join(dir.Name(), name), s.Dev):
			continue
		case s.Nlink > 0 && !opensToWrite(pid, name):
			continue
		}
		bytes := s.Blocks * 512
		if s.Dev == o.own && s.Nlink > 0 {
			bytes = s.Size // such a file system forgets its blocks, too
		}
		found[fileID{s.Dev, s.Ino}] = bytes
	}
}

// inMemory says whether a file's device keeps it in memory.
func (o *outside) inMemory(path string, device uint64) bool {
	yes, known := o.memory[device]
	if !known {
		yes = inMemory(path)
		o.memory[device] = yes
	}
	return yes
}

// lostItsName says whether a descriptor's file has been removed under the name by which
// it was opened. Some file systems (fuse-overlayfs) go on telling of a link.
func lostItsName(dir *os.File, name string, s unix.Stat_t) bool {
	if s.Nlink == 0 {
		return true
	}
	text := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(int(dir.Fd()), name, text)
	return err == nil && bytes.HasSuffix(text[:n], []byte(" (deleted)"))
}

// opensToWrite says whether a descriptor is one to write to: what is only read was
// not made by the run.
func opensToWrite(pid int, name string) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, name))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(text) {
		if flags, ok := bytes.CutPrefix(line, []byte("flags:")); ok {
			n, err := strconv.ParseUint(string(bytes.TrimSpace(flags)), 8, 32)
			return err == nil && n&unix.O_ACCMODE != unix.O_RDONLY
		}
	}
	return false
}

// lost looks after large files that nobody has open any more. One may be on its way
// from process to process.
func (o *outside) lost(looks []look, found map[fileID]int64) {
	const large = 1 << 20
	for id, size := range o.held {
		if _, there := found[id]; there || size < large {
			continue
		}
		if o.underway(looks) {
			found[id] = size
		}
	}
}

// underway says whether descriptors wait in a socket of the run's.
func (o *outside) underway(looks []look) bool {
	for _, l := range looks {
		names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", l.pid))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			for line := range bytes.Lines(text) {
				if n, ok := bytes.CutPrefix(line, []byte("scm_fds:")); ok && string(bytes.TrimSpace(n)) != "0" {
					return true
				}
			}
		}
	}
	return false
}

// unopened looks for files that a process has mapped and that nobody has open. Who
// is asked may have opened one since its descriptors were looked at, or have ended:
// so both are asked again.
func (o *outside) unopened(pid int, looks []look) {
	if len(o.mapped(pid)) == 0 {
		return
	}
	for _, l := range looks {
		o.descriptors(l.pid, o.held)
	}
	for _, name := range o.mapped(pid) {
		o.hide("process %d maps %s, which nobody has open", pid, name)
	}
}

// mapped lists such files as far as is known.
func (o *outside) mapped(pid int) (names []string) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if errors.Is(err, fs.ErrPermission) && !isZombie(pid) {
		o.hide("process %d hides its mappings", pid)
	}
	for line := range bytes.Lines(text) {
		// ADDRESSES RIGHTS OFFSET DEVICE INODE NAME
		f := bytes.Fields(line)
		if len(f) < 7 || !bytes.Equal(f[len(f)-1], []byte("(deleted)")) {
			continue
		}
		inode, err := strconv.ParseUint(string(f[4]), 10, 64)
		if err != nil || o.opened(inode) {
			continue
		}
		name := string(f[5])
		if name == "/dev/zero" || name == "/anon_hugepage" || strings.HasPrefix(name, "/memfd:") ||
			inMemory(fmt.Sprintf("/proc/%d/map_files/%s", pid, f[0])) {
			names = append(names, name)
		}
	}
	return names
}

// opened says whether a file was found by a descriptor.
func (o *outside) opened(inode uint64) bool {
	for id := range o.held {
		if id.inode == inode {
			return true
		}
	}
	return false
}

// named adds up the files in the run's folder, of which each takes some room. There is
// a bound on how many it looks at. It also says which they are.
func (o *outside) named() (total int64, files map[fileID]bool) {
	files = map[fileID]bool{}
	if o.work == "" {
		return 0, files
	}
	const most = 20_000
	seen := 0
	_ = filepath.WalkDir(o.work, func(name string, d fs.DirEntry, err error) error {
		if seen++; seen > most {
			o.hide("there are more than %d files in its folder", most)
			return filepath.SkipAll
		}
		var s unix.Stat_t
		if err == nil && name != o.work && unix.Lstat(name, &s) == nil && !files[fileID{s.Dev, s.Ino}] {
			files[fileID{s.Dev, s.Ino}] = true
			total += max(s.Blocks*512, bytesAnInode)
		}
		return nil // what is gone or can't be looked into is none of a file that could be seen
	})
	return total, files
}

// written is how many bytes of files there are in the run's folder.
func (o *outside) written() int64 {
	if o == nil {
		return 0
	}
	return o.files
}

// left is how much the run leaves in its folder.
func (o *outside) left() int64 {
	if o == nil {
		return 0
	}
	total, _ := o.named()
	return total
}

// uncounted says why not all could be added up; "": it was, or nobody had to.
func (o *outside) uncounted() string {
	if o == nil {
		return ""
	}
	return o.hidden
}
