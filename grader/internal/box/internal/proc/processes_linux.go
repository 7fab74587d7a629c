//go:build portable

package proc

import (
	"path/filepath"
	"strconv"
)

// processes are all of the system's.
func processes() []process {
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	var list []process
	for _, path := range paths {
		f := readStat(path)
		if len(f) == 0 {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		list = append(list, process{
			pid: pid, parent: int(f.number(1)), group: int(f.number(2)), begun: f.number(19), zombie: f.zombie(),
		})
	}
	return list
}
