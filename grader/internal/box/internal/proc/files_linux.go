package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// statFields are the fields of a file "stat", from the state on: the name before
// them may hold anything. There are none once the process is gone.
type statFields []string

func readStat(file string) statFields {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
}

// number is a field, counted from the state; 0 if it is not there.
func (f statFields) number(i int) int64 {
	if i >= len(f) {
		return 0
	}
	n, _ := strconv.ParseInt(f[i], 10, 64)
	return n
}

func (f statFields) zombie() bool { return f[0] == "Z" || f[0] == "X" }

// Args reads a process's arguments; empty for a zombie.
func Args(pid int) []string { return words(pid, "cmdline") }

// words reads a process's "cmdline" or "environ".
func words(pid int, name string) []string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil || len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}
