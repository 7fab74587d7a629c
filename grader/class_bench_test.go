package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/cohort"
)

// TestClassBench measures what submissions cost, and what a cohort of LOCKSTEP_COHORT
// results takes to be merged and shown. It prints figures, and fails only when something
// can't be measured. `make class-bench` runs it.
func TestClassBench(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("LOCKSTEP_COHORT"))
	if err != nil {
		t.Skip("make class-bench")
	}
	say("%-34s %9s %9s %9s", "one submission, solved", "wall", "cores", "memory")
	for name, exercises := range map[string][]string{"all exercises": nil, "02-join-them-all": {"02"}, "10-lost-updates": {"10"}} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LOCKSTEP_CACHE", t.TempDir())
			for _, when := range []string{"", ", unchanged"} {
				c := costOf(t, true, append([]string{"grade", "--course", "..", "--submission", filepath.Join("..", "solutions")}, exercises...)...)
				say("%-34s %7.1f s %7.1f s %6.0f MB", name+when, c.wall.Seconds(), c.cores.Seconds(), c.memory)
			}
		})
	}
	t.Run("cohort", func(t *testing.T) {
		in, out := t.TempDir(), t.TempDir()
		for to, from := range map[string]string{"solutions": "solutions", "starters": "exercises"} {
			if err := os.CopyFS(filepath.Join(in, to, "exercises"), os.DirFS(filepath.Join("..", from))); err != nil {
				t.Fatal(err)
			}
		}
		runGrader(t, exitPassed, "class", "--course", "..", "--only", "01,05,10,15,20,25,30,35", "--out", out, in)
		book, _, err := cohort.Read(out)
		if err != nil || len(book.Lines()) != 2*8 {
			t.Fatalf("%d results: %v", len(book.Lines()), err)
		}
		simulate(t, book, n/8, 8)
		simulate(t, book, n, 1)
	})
}

// simulate merges a cohort of so many students, whose results of a book's last exercises are
// in turn those of two solutions and of a starter, out of the journals of 64 tasks.
func simulate(t *testing.T, book *cohort.Book, students, exercises int) {
	t.Helper()
	const tasks = 64
	dir := t.TempDir()
	h := book.Header
	h.Exercises = h.Exercises[len(h.Exercises)-exercises:]
	h.Roster = nil
	for i := range students {
		h.Roster = append(h.Roster, fmt.Sprintf("student-%06d", i))
	}
	results := 0
	for task := range tasks {
		var text bytes.Buffer
		to := json.NewEncoder(&text)
		err := to.Encode(h)
		for i := task; i < students; i += tasks {
			for k, e := range h.Exercises {
				l, ok := book.Result([]string{"solutions", "solutions", "starters"}[(i+k)%3], e.ID)
				if !ok {
					t.Fatalf("%s is not graded", e.ID)
				}
				l.Student, l.Digest = h.Roster[i], fmt.Sprintf("%s-%d", e.ID, i)
				if err == nil {
					err = to.Encode(l)
				}
				results++
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "journal", fmt.Sprintf("%d.jsonl", task)), text.String())
	}
	say("\n%d results: %d students, %d exercises, journals of %d tasks", results, students, exercises, tasks)
	_, journals := sizeOf(t, filepath.Join(dir, "journal"))
	c := costOf(t, false, "merge", "--gradebook", "csv", dir)
	say("merge: %.1f s, %.1f core-seconds, %.0f MB of memory", c.wall.Seconds(), c.cores.Seconds(), c.memory)
	say("journals: %.1f MB", journals)
	for _, name := range []string{"journal/merged.jsonl", cohort.TableName, "gradebook-csv.csv", cohort.PageName, cohort.StudentsDir} {
		files, size := sizeOf(t, filepath.Join(dir, name))
		say("%-24s %7d files %9.1f MB", name, files, size)
	}
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// sizeOf counts the files in a folder, or that are one, and their megabytes.
func sizeOf(t *testing.T, name string) (files int, size float64) {
	t.Helper()
	err := filepath.WalkDir(name, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files, size = files+1, size+float64(info.Size())/1e6
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, size
}

// cost is what a call takes: the time until its end, that of all processors, and the
// most memory at one moment, in MB.
type cost struct {
	wall, cores time.Duration
	memory      float64
}

// costOf calls the grader, which may find faults. The memory is the grader's own, or, with
// all, that of all its processes together, each page by the share that each has in it, as far
// as looking at it five times a second tells.
func costOf(t *testing.T, all bool, args ...string) (c cost) {
	t.Helper()
	cmd := graderCommand(args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-tick.C:
			if all {
				c.memory = max(c.memory, memoryOf(cmd.Process.Pid))
			}
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != exitPassed && code != exitFailed {
		t.Fatalf("grader %v: exit code %d\n%s", args, code, said.Bytes())
	}
	c.wall, c.cores = time.Since(begin), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && !all {
		c.memory = float64(usage.Maxrss) / 1000
	}
	return c
}

// memoryOf is that of a process and all that come from it, in MB.
func memoryOf(pid int) float64 {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it is gone
		}
		var parent int
		var state string
		if _, rest, ok := strings.Cut(string(text), ") "); ok {
			fmt.Sscan(rest, &state, &parent)
		}
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		children[parent] = append(children[parent], child)
	}
	kilobytes := 0
	for left := []int{pid}; len(left) > 0; {
		pid := left[0]
		left = append(left[1:], children[pid]...)
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if _, rest, ok := strings.Cut(string(text), "\nPss:"); ok {
			var pss int
			fmt.Sscan(rest, &pss)
			kilobytes += pss
		}
	}
	return float64(kilobytes) / 1000
}
