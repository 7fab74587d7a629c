//go:build slurm

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSlurm submits the job that grader prints for a class of 200, kills one of the
// cluster's two node daemons half-way, and wants the table of an undisturbed call.
// .ci/slurm sets the cluster up.
func TestSlurm(t *testing.T) {
	const n = 200
	course, submissions := smallCourse(t), smallClass(t, n)
	whole, dir := t.TempDir(), t.TempDir()
	runGrader(t, 0, "class", "--course", course, "--at", deadline, "--out", whole, submissions)
	table := readFile(t, filepath.Join(whole, "results.csv"))
	checkTable(t, table, n)

	out := filepath.Join(dir, "class")
	job, _ := runGrader(t, 0, "class", "--course", course, "--at", deadline, "--out", out, "--print-job", "slurm", "--tasks", "8", submissions)
	writeFile(t, filepath.Join(dir, "job.sh"), job)
	began := time.Now()
	t.Log(strings.TrimSpace(runTool(t, dir, nil, "sbatch", "job.sh")))

	pid, err := strconv.Atoi(strings.TrimSpace(readFile(t, os.Getenv("LOCKSTEP_SLURMD_PID"))))
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	for limit := time.Now().Add(15 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("the queue does not empty:\n%s", runTool(t, dir, nil, "squeue"))
		}
		if !killed && journalled(t, out) >= n {
			t.Logf("after %s, with %d of %d results:\n%s", time.Since(began).Round(time.Second), journalled(t, out), 2*n, runTool(t, dir, nil, "squeue"))
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			killed = true
		}
		left, err := exec.Command("squeue", "-h").Output()
		if err == nil && len(strings.TrimSpace(string(left))) == 0 {
			break
		}
	}
	if !killed {
		t.Error("no node was killed: everything was graded before")
	}
	t.Logf("the queue is empty after %s:\n%s", time.Since(began).Round(time.Second), runTool(t, dir, nil, "sinfo"))
	logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, name := range logs {
		t.Logf("%s:\n%s", filepath.Base(name), readFile(t, name))
	}
	if got := readFile(t, filepath.Join(out, "results.csv")); got != table {
		t.Errorf("got\n%s\nwant\n%s", got, table)
	}
}
