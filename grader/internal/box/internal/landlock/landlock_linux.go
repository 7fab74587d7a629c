//go:build !portable

// Package landlock keeps programs that share the machine with its user to a list of
// what they may open, which is inherited by all that they start. It hides nothing:
// names, sizes and dates of files can be seen, and so can the machine's processes. How
// much it can refuse has grown with the kernel; ABI says how much.
package landlock

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What versions of Landlock's interface brought.
const (
	abiRefer    = 2 // moving files between folders
	ABITruncate = 3 // truncating files
	abiTCP      = 4 // ports
	abiDevice   = 5 // ioctl of devices
	ABIScope    = 6 // signals and abstract sockets
)

// Rights to files.
const (
	readFile   = unix.LANDLOCK_ACCESS_FS_READ_FILE
	readFolder = unix.LANDLOCK_ACCESS_FS_READ_DIR
	execute    = unix.LANDLOCK_ACCESS_FS_EXECUTE
	writeFile  = unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	truncate   = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	// devices are never to be made.
	devices = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK
	// onFiles are the rights that a rule on a file may have.
	onFiles = readFile | execute | writeFile | truncate | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// onPorts is LANDLOCK_RULE_NET_PORT, the kind of a rule on ports.
const onPorts = 2

// ABI is the version that the kernel has; 0: none.
func ABI() int {
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
	}{{abiRefer, unix.LANDLOCK_ACCESS_FS_REFER}, {ABITruncate, truncate}, {abiDevice, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV}} {
		if abi >= more.abi {
			rights |= more.right
		}
	}
	return rights
}

// Config says what programs may open.
type Config struct {
	Execute  []string // files that may be read and executed
	ReadOnly []string // likewise, with what is below folders
	Writable []string // what may be changed, too, with what is below folders
}

// New makes the list, for Restrict.
func New(c Config) (*os.File, error) {
	abi := ABI()
	if abi < 1 {
		return nil, errors.New("this kernel has no Landlock")
	}
	all := every(abi)
	terms := unix.LandlockRulesetAttr{Handled_access_fs: all}
	if abi >= abiTCP {
		terms.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP // connections are the supervisor's business
	}
	if abi >= ABIScope {
		terms.Scoped = unix.LANDLOCK_SCOPE_SIGNAL | unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&terms)), unsafe.Sizeof(terms), 0)
	if errno != 0 {
		return nil, fmt.Errorf("cannot use Landlock: %w", errno)
	}
	r := &ruleset{os.NewFile(fd, "landlock"), all}
	for _, err := range []error{
		r.allow(execute|readFile, c.Execute...),
		r.allow(execute|readFile|readFolder, c.ReadOnly...),
		r.allow(all&^devices, c.Writable...),
		r.allow(readFile|writeFile|truncate, os.DevNull),
		// The runtimes of Go and of the race detector read there about themselves.
		// Of other processes the kernel shows no more than what ps does: whoever is
		// restricted may not look into those that are not.
		r.allow(readFile, "/proc", "/sys/kernel/mm/transparent_hugepage"),
		r.ports(terms.Handled_access_net),
	} {
		if err != nil {
			r.file.Close()
			return nil, err
		}
	}
	return r.file, nil
}

// ruleset is a list in the making.
type ruleset struct {
	file *os.File
	all  uint64
}

// allow gives rights to files and to what is below folders. What is not there
// needs none.
func (r *ruleset) allow(rights uint64, paths ...string) error {
	for _, path := range paths {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
		rule := unix.LandlockPathBeneathAttr{Allowed_access: rights & r.all, Parent_fd: int32(fd)}
		var s unix.Stat_t
		if err = unix.Fstat(fd, &s); err == nil {
			if s.Mode&unix.S_IFMT != unix.S_IFDIR {
				rule.Allowed_access &= onFiles
			}
			err = r.add(unix.LANDLOCK_RULE_PATH_BENEATH, unsafe.Pointer(&rule))
		}
		unix.Close(fd)
		if err != nil {
			return fmt.Errorf("cannot show %s: %w", path, err)
		}
	}
	return nil
}

// ports lets programs listen where the kernel picks the port.
func (r *ruleset) ports(handled uint64) error {
	if handled == 0 {
		return nil
	}
	picked := struct{ allowed, port uint64 }{allowed: unix.LANDLOCK_ACCESS_NET_BIND_TCP}
	if err := r.add(onPorts, unsafe.Pointer(&picked)); err != nil {
		return fmt.Errorf("cannot allow ports: %w", err)
	}
	return nil
}

func (r *ruleset) add(kind uintptr, rule unsafe.Pointer) error {
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, r.file.Fd(), kind, uintptr(rule), 0, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("landlock_add_rule", errno)
	}
	return nil
}

// Restrict keeps the calling thread, which can gain no privileges any more, and all
// that it starts, to the list that a descriptor is of.
func Restrict(list int) error {
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(list), 0, 0); errno != 0 {
		return fmt.Errorf("cannot restrict access by Landlock: %w", errno)
	}
	return nil
}
