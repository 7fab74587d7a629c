package stall

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/box/internal/facts"
)

// TestOf has real processes wait for each other, and asks the kernel.
func TestOf(t *testing.T) {
	path, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh: " + err.Error())
	}
	if _, err := os.Stat("/proc/self/syscall"); err != nil {
		t.Skip("the kernel does not say which call a process is in: " + err.Error())
	}
	// The shell keeps the write end of the pipe that its child reads.
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command(path, "-c", "cat <&3 3<&-; :")
	shell.ExtraFiles = []*os.File{reader, writer}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	reader.Close()
	defer func() { writer.Close(); shell.Process.Kill(); shell.Wait() }()
	ours := shell.Process.Pid
	// Both are on their way to their calls; there they stay.
	var got map[int][]facts.Stall
	for range 5000 {
		child := childOf(ours)
		got = Of([]int{ours, child})
		if parent, reader := got[ours], got[child]; len(parent) == 1 && len(reader) == 1 &&
			parent[0].For == facts.ForChild && slices.Equal(parent[0].Others, []int{child}) &&
			reader[0].For == facts.ForData && reader[0].What == "pipe" && slices.Contains(reader[0].Others, ours) {
			syscall.Kill(child, syscall.SIGKILL)
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("the shell is %d: got %+v", ours, got)
}

// childOf is a child of a process; 0 while it has none.
func childOf(pid int) int {
	paths, _ := filepath.Glob("/proc/[0-9]*")
	for _, path := range paths {
		if other, err := strconv.Atoi(filepath.Base(path)); err == nil && parent(other) == pid {
			return other
		}
	}
	return 0
}
