//go:build !portable

package ptrace

import (
	"bytes"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Call is a system call that a thread is about to make.
type Call struct {
	Number uint64
	Args   [6]uint64
}

// callInfo is struct ptrace_syscall_info of a stop before a call.
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

// CallOf is the call before which a filter stopped a thread; false where there is none. A
// kernel that does not say (before 5.3, or built without that) shows its registers; the error
// is why it shows none.
func CallOf(id int) (Call, bool, error) {
	if call, kind, told := told(id); told {
		return call, kind == callAtFilter, nil
	}
	if stoppedFor(id) != unix.PTRACE_EVENT_SECCOMP {
		return Call{}, false, nil // killed meanwhile
	}
	call, err := inRegisters(id)
	if err == unix.ESRCH {
		return Call{}, false, nil
	}
	return call, err == nil, os.NewSyscallError("ptrace", err)
}

// told is what the kernel says of the call at which a thread has stopped, and the kind of that
// stop.
func told(id int) (call Call, kind uint8, ok bool) {
	var info callInfo
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(id), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	return info.call, info.kind, errno == 0
}

// SharesMemory reports whether the call by which a stopped thread has just started another
// says that both have one memory. One that says so in memory, which others could have changed
// meanwhile (clone3), does not count.
func SharesMemory(id int) bool {
	call, err := inRegisters(id)
	return err == nil && (call.Number == vfork || call.Number == unix.SYS_CLONE && call.Args[0]&unix.CLONE_VM != 0)
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
