package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// A watch tells how many cores others used: an idle load on a machine that others
// use is not idle, and the table has to say so.
type watch struct {
	began     time.Time
	all, ours time.Duration
	fails     bool
}

func startWatch() watch {
	w := watch{began: time.Now()}
	w.read()
	return w
}

// read notes what all processes used so far, and this program with its children.
func (w *watch) read() {
	all, ok := machineTime()
	var self, children syscall.Rusage
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &self) != nil || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children) != nil {
		w.fails = true
		return
	}
	w.all = all
	w.ours = time.Duration(self.Utime.Nano() + self.Stime.Nano() + children.Utime.Nano() + children.Stime.Nano())
}

// others is how many cores others used since the start; below 0 where it is unknown.
func (w watch) others() float64 {
	now := w
	if now.read(); now.fails {
		return -1
	}
	return max(0, (now.all-w.all-(now.ours-w.ours)).Seconds()/time.Since(w.began).Seconds())
}

// machineTime reads the first line of Linux's /proc/stat: hundredths of a second
// since the start, as user, nice, system, idle, waiting for a disk, interrupts,
// soft interrupts, and what the host took.
func machineTime() (time.Duration, bool) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 {
		return 0, false
	}
	sum := time.Duration(0)
	for i, f := range fields[1:9] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, false
		}
		if i != 3 && i != 4 {
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum, true
}
