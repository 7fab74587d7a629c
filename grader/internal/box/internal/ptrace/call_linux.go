//go:build !portable

package ptrace

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Call is a system call that a thread is about to make.
type Call struct {
	Number uint64
	Args   [6]uint64
}

// callInfo is struct ptrace_syscall_info of a stop for a filter.
type callInfo struct {
	kind uint8
	_    [3]uint8
	arch uint32
	_    [2]uint64 // instruction and stack
	call Call
	_    uint64 // what the filter said
}

// callAtFilter is PTRACE_SYSCALL_INFO_SECCOMP.
const callAtFilter = 3

// CallOf is the call before which a filter stopped a thread; false where there is none,
// or the kernel (before 5.3) does not say.
func CallOf(id int) (Call, bool) {
	var info callInfo
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(id), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	return info.call, errno == 0 && info.kind == callAtFilter
}

// Text reads a text of a stopped thread's, up to its zero.
func Text(id int, at uintptr) string {
	var text []byte
	for len(text) < unix.PathMax {
		var word [8]byte
		n, err := unix.PtracePeekData(id, at+uintptr(len(text)), word[:])
		if end := bytes.IndexByte(word[:n], 0); end >= 0 {
			return string(append(text, word[:end]...))
		}
		if text = append(text, word[:n]...); err != nil {
			break
		}
	}
	return string(text)
}

// Ready reports whether a child or a traced thread has something to tell. The error is
// Await's.
func Ready() (bool, error) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG|unix.WALL, nil)
	if err == unix.EINTR {
		return false, nil
	}
	return info.Signo != 0, err
}
