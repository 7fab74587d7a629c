// Package stall says what processes that don't get on wait for, from what the kernel
// shows of them: the system call that each thread is in, and who has the other end of
// its pipe open. It changes nothing, and what it may not see it leaves out.
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

	"lockstep/grader/internal/box/internal/facts"
)

// calls are the system calls that matter, and whether their first argument is a
// descriptor.
var calls = map[int]struct {
	For facts.For
	fd  bool
}{
	unix.SYS_WAIT4: {facts.ForChild, false}, unix.SYS_WAITID: {facts.ForChild, false},
	unix.SYS_READ: {facts.ForData, true}, unix.SYS_READV: {facts.ForData, true}, unix.SYS_RECVFROM: {facts.ForData, true}, unix.SYS_RECVMSG: {facts.ForData, true},
	unix.SYS_WRITE: {facts.ForRoom, true}, unix.SYS_WRITEV: {facts.ForRoom, true}, unix.SYS_SENDTO: {facts.ForRoom, true}, unix.SYS_SENDMSG: {facts.ForRoom, true},
	unix.SYS_ACCEPT: {facts.ForCaller, true}, unix.SYS_ACCEPT4: {facts.ForCaller, true},
	unix.SYS_FLOCK: {facts.ForLock, true},
}

// Of says what each of some living processes waits for, of what is known here.
func Of(pids []int) map[int][]facts.Stall {
	found := map[int][]facts.Stall{}
	var ends map[string][]end
	for _, pid := range pids {
		for _, s := range threads(pid) {
			switch s.For {
			case facts.ForChild:
				s.Others = slices.DeleteFunc(slices.Clone(pids), func(other int) bool { return parent(other) != pid })
			case facts.ForData, facts.ForRoom:
				if ends == nil {
					ends = pipes(pids)
				}
				name := s.What
				s.What = kind(name)
				for _, e := range ends[name] {
					if (s.For == facts.ForData && e.writes || s.For == facts.ForRoom && e.reads) && !slices.Contains(s.Others, e.pid) {
						s.Others = append(s.Others, e.pid)
					}
				}
			}
			found[pid] = append(found[pid], s)
		}
	}
	return found
}

// threads are what the threads of a process wait for; What is the name that the kernel
// gives to a file.
func threads(pid int) []facts.Stall {
	var found []facts.Stall
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
		s := facts.Stall{For: call.For}
		if call.fd {
			fd, err := strconv.ParseUint(fields[1], 0, 64)
			if err != nil {
				continue
			}
			if s.What, err = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err != nil {
				continue
			}
		}
		if !slices.ContainsFunc(found, func(other facts.Stall) bool { return other.For == s.For && other.What == s.What }) {
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
