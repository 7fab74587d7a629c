//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Tier C is a fence of Landlock's around a program that shares the machine with its
// user: the kernel refuses what is not on a list, and the list is inherited by all
// that the program starts. It hides nothing: names, sizes and dates of files can
// be seen, and so can the machine's processes. How much it can refuse has grown with
// the kernel; abi says how much.

// What versions of Landlock's interface brought.
const (
	abiRefer  = 2 // moving files between folders
	abiCut    = 3 // truncating files
	abiTCP    = 4 // ports
	abiDevice = 5 // ioctl of devices
	abiScope  = 6 // signals and abstract sockets
)

// Rights to files.
const (
	lookFile   = unix.LANDLOCK_ACCESS_FS_READ_FILE
	lookFolder = unix.LANDLOCK_ACCESS_FS_READ_DIR
	execute    = unix.LANDLOCK_ACCESS_FS_EXECUTE
	change     = unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	cut        = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	// devices are never to be made.
	devices = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
	// onFiles are the rights that a rule on a file may have.
	onFiles = lookFile | execute | change | cut | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// onPorts is LANDLOCK_RULE_NET_PORT, the kind of a rule on ports.
const onPorts = 2

// landlockABI is the version that the kernel has; 0: none.
func landlockABI() int {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(version)
}

// every is every right to files that a version knows.
func every(abi int) uint64 {
	rights := uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM)<<1 - 1 // version 1's
	for _, more := range []struct {
		abi   int
		right uint64
	}{{abiRefer, unix.LANDLOCK_ACCESS_FS_REFER}, {abiCut, cut}, {abiDevice, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV}} {
		if abi >= more.abi {
			rights |= more.right
		}
	}
	return rights
}

// unheld says what the fence can't refuse, with a version of Landlock.
func unheld(abi int, unsupervised error) []string {
	open := append([]string{
		"looking at names, sizes and dates of files, and at the command lines of processes",
	}, unsaid(unsupervised)...)
	if abi < abiCut {
		open = append(open, "emptying files that the user may write")
	}
	return open
}

// unheldUnfenced says what there is open without a fence. Why there is no supervisor
// either is told, if there is none.
func unheldUnfenced(unsupervised error) []string {
	open := []string{"reading and changing the user's files, and the memory of his processes"}
	return append(open, unsaid(unsupervised)...)
}

// unsaid is what is open of the network and of others' processes.
func unsaid(unsupervised error) []string {
	if unsupervised != nil {
		return []string{fmt.Sprintf("reaching the network, and the services and processes of this machine (%v)", unsupervised)}
	}
	return []string{"sending datagrams to services of this machine (a program that opens a socket for them is \"not checked\")"}
}

// fence builds the list for a box's programs. dir is a folder of their own.
func fence(s Setup, dir string) (*os.File, error) {
	abi := landlockABI()
	if abi < 1 {
		return nil, errors.New("this kernel has no Landlock")
	}
	all := every(abi)
	terms := unix.LandlockRulesetAttr{Handled_access_fs: all}
	if abi >= abiTCP {
		terms.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP // connections are the supervisor's business
	}
	if abi >= abiScope {
		terms.Scoped = unix.LANDLOCK_SCOPE_SIGNAL | unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&terms)), unsafe.Sizeof(terms), 0)
	if errno != 0 {
		return nil, fmt.Errorf("cannot use Landlock: %w", errno)
	}
	f := &fencing{os.NewFile(fd, "fence"), all}
	for _, err := range []error{
		f.allow(execute|lookFile, append(needs(s.Program), s.Program)...),
		f.allow(execute|lookFile|lookFolder, s.ReadOnly...),
		f.allow(all&^devices, append(s.Writable, dir)...),
		f.allow(lookFile|change|cut, os.DevNull),
		// The runtimes of Go and of the race detector read there about themselves.
		// Of other processes the kernel shows no more than what ps does: whoever is
		// fenced may not look into those that are not.
		f.allow(lookFile, "/proc", "/sys/kernel/mm/transparent_hugepage"),
		f.ports(terms.Handled_access_net),
	} {
		if err != nil {
			f.file.Close()
			return nil, err
		}
	}
	return f.file, nil
}

// fencing is a fence in the making.
type fencing struct {
	file *os.File
	all  uint64
}

// allow gives rights to files and to what is below folders. What is not there
// needs none.
func (f *fencing) allow(rights uint64, paths ...string) error {
	for _, path := range paths {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
		rule := unix.LandlockPathBeneathAttr{Allowed_access: rights & f.all, Parent_fd: int32(fd)}
		var s unix.Stat_t
		if err = unix.Fstat(fd, &s); err == nil {
			if s.Mode&unix.S_IFMT != unix.S_IFDIR {
				rule.Allowed_access &= onFiles
			}
			err = f.add(unix.LANDLOCK_RULE_PATH_BENEATH, unsafe.Pointer(&rule))
		}
		unix.Close(fd)
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
	}
	return nil
}

// ports lets programs listen where the kernel picks the port.
func (f *fencing) ports(handled uint64) error {
	if handled == 0 {
		return nil
	}
	picked := struct{ allowed, port uint64 }{allowed: unix.LANDLOCK_ACCESS_NET_BIND_TCP}
	if err := f.add(onPorts, unsafe.Pointer(&picked)); err != nil {
		return fmt.Errorf("cannot allow ports: %w", err)
	}
	return nil
}

func (f *fencing) add(kind uintptr, rule unsafe.Pointer) error {
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, f.file.Fd(), kind, uintptr(rule), 0, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("landlock_add_rule", errno)
	}
	return nil
}

// enclose puts the calling thread, which can gain no privileges any more, behind a
// fence, and all that it starts.
func enclose(fence int) error {
	if fence == 0 {
		return nil
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(fence), 0, 0); errno != 0 {
		return fmt.Errorf("cannot restrict access by Landlock: %w", errno)
	}
	return nil
}

// settleFence makes a box of tier C.
func (p *place) settleFence() (err error) {
	p.dir = filepath.Clean(p.Folder)
	p.fence, err = fence(p.Setup, p.dir)
	unsupervised := supervisable()
	p.supervised = unsupervised == nil
	p.open, p.scoped = unheld(landlockABI(), unsupervised), landlockABI() >= abiScope
	return err
}
