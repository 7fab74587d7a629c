//go:build portable

package box

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// processes are all of the system's.
func processes() []found {
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	var list []found
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		end := bytes.LastIndexByte(data, ')') // the name may hold anything
		fields := strings.Fields(string(data[end+1:]))
		number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		list = append(list, found{
			pid: pid, parent: int(number(1)), group: int(number(2)),
			begun: number(19), zombie: fields[0] == "Z" || fields[0] == "X",
		})
	}
	return list
}

func argvOf(pid int) []string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}
