package stall

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// calls are the system calls that matter, and whether their first argument is a
// descriptor.
var calls = map[int]struct {
	For For
	fd  bool
}{
	unix.SYS_WAIT4: {Child, false}, unix.SYS_WAITID: {Child, false},
	unix.SYS_READ: {Data, true}, unix.SYS_READV: {Data, true}, unix.SYS_RECVFROM: {Data, true}, unix.SYS_RECVMSG: {Data, true},
	unix.SYS_WRITE: {Room, true}, unix.SYS_WRITEV: {Room, true}, unix.SYS_SENDTO: {Room, true}, unix.SYS_SENDMSG: {Room, true},
	unix.SYS_ACCEPT: {Caller, true}, unix.SYS_ACCEPT4: {Caller, true},
	unix.SYS_FLOCK: {Lock, true},
}

// Of looks at living processes, and says what each waits for that waits for something
// known, in their order.
func Of(pids []int) []Stall {
	var found []Stall
	var ends map[string][]end
	for _, pid := range pids {
		for _, s := range threads(pid) {
			switch s.For {
			case Child:
				s.Others = slices.DeleteFunc(slices.Clone(pids), func(other int) bool { return parent(other) != pid })
			case Data, Room:
				if ends == nil {
					ends = pipes(pids)
				}
				name := s.What
				s.What = kind(name)
				for _, e := range ends[name] {
					if (s.For == Data && e.writes || s.For == Room && e.reads) && !slices.Contains(s.Others, e.pid) {
						s.Others = append(s.Others, e.pid)
					}
				}
			}
			found = append(found, s)
		}
	}
	return found
}

// threads are what the threads of a process wait for; What is the name that the kernel
// gives to a file.
func threads(pid int) []Stall {
	var found []Stall
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		fields := strings.Fields(string(text)) // number, arguments; or "running"
		if len(fields) < 2 {
			continue
		}
		number, err := strconv.Atoi(fields[0])
		call, known := calls[number]
		if err != nil || !known {
			continue
		}
		s := Stall{PID: pid, For: call.For}
		if call.fd {
			fd, err := strconv.ParseUint(fields[1], 0, 64)
			if err != nil {
				continue
			}
			if s.What, err = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err != nil {
				continue
			}
		}
		if !slices.ContainsFunc(found, func(other Stall) bool { return other.For == s.For && other.What == s.What }) {
			found = append(found, s)
		}
	}
	return found
}

// kind is what a file is, by the kernel's name of it.
func kind(name string) string {
	switch {
	case strings.HasPrefix(name, "pipe:"):
		return "pipe"
	case strings.HasPrefix(name, "socket:"):
		return "socket"
	case strings.HasPrefix(name, "/dev/pts/"), strings.HasPrefix(name, "/dev/tty"):
		return "terminal"
	}
	return "file"
}

// end is a descriptor of a pipe's.
type end struct {
	pid           int
	reads, writes bool
}

// pipes finds who has which pipe open.
func pipes(pids []int) map[string][]end {
	ends := map[string][]end{}
	for _, pid := range pids {
		paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		for _, path := range paths {
			name, err := os.Readlink(path)
			if err != nil || kind(name) != "pipe" {
				continue
			}
			info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, filepath.Base(path)))
			if err != nil {
				continue
			}
			for line := range bytes.Lines(info) {
				if flags, ok := bytes.CutPrefix(line, []byte("flags:")); ok {
					n, err := strconv.ParseUint(string(bytes.TrimSpace(flags)), 8, 32)
					how := n & unix.O_ACCMODE
					if err == nil {
						ends[name] = append(ends[name], end{pid, how != unix.O_WRONLY, how != unix.O_RDONLY})
					}
				}
			}
		}
	}
	return ends
}

// parent is the parent of a process that has not ended; 0 where there is none.
func parent(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+1:]), " ")
	fields := strings.Fields(rest) // state, parent
	if len(fields) < 2 || fields[0] == "Z" {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}
