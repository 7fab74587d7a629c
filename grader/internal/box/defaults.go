package box

import (
	"fmt"
	"strconv"
	"time"
)

// Defaults returns the limits that a zero field stands for: room enough for
// every exercise of the course, and little enough for a laptop.
func Defaults() Limits {
	return Limits{
		Wall:      10 * time.Second,
		CPU:       20 * time.Second,
		Memory:    256 << 20,
		Processes: 32,
		Threads:   512, // a Go process has 4 to 10
		Output:    64 << 10,
		FileSize:  64 << 20,
		OpenFiles: 256,
		Linger:    500 * time.Millisecond,
	}
}

// filled returns l with every zero field set from d. A negative field means
// none of it: no time to linger, no byte of output.
func (l Limits) filled(d Limits) Limits {
	return Limits{
		Wall:      pick(l.Wall, d.Wall),
		CPU:       pick(l.CPU, d.CPU),
		Memory:    pick(l.Memory, d.Memory),
		Processes: pick(l.Processes, d.Processes),
		Threads:   pick(l.Threads, d.Threads),
		Output:    pick(l.Output, d.Output),
		FileSize:  pick(l.FileSize, d.FileSize),
		OpenFiles: pick(l.OpenFiles, d.OpenFiles),
		Linger:    pick(l.Linger, d.Linger),
	}
}

func pick[T ~int | ~int64](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return max(value, 0)
}

// printBytes writes a size as the YAML does, with the unit that leaves the
// fewest digits: "256MiB", "1.5MiB", "70KiB", "12B".
func printBytes(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size {
			return strconv.FormatFloat(float64(n*10/unit.size)/10, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

// printTime rounds to what a person reads: 2.01s, 350ms.
func printTime(d time.Duration) string {
	if d >= time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}

func printCount(n int) string { return fmt.Sprint(n) }
