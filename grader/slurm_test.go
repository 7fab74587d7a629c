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
		if !killed && journalled(t, out) >= n/2 && inTheMiddle(processesOf(t, "n2")) {
			t.Logf("after %s, with %d of %d results:\n%s", time.Since(began).Round(time.Second), journalled(t, out), 2*n, runTool(t, dir, nil, "squeue"))
			t.Logf("node n2 is lost, with %d processes", loseNode(t, pid))
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
	if !strings.Contains(runTool(t, dir, nil, "sinfo"), "down") {
		t.Error("the controller has not noticed that a node is lost")
	}
	if got := readFile(t, filepath.Join(out, "results.csv")); got != table {
		t.Errorf("got\n%s\nwant\n%s", got, table)
	}
}

// processesOf are the processes of jobs on a node, and those that watch over them.
func processesOf(t *testing.T, node string) []int {
	t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, name := range environs {
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains("\x00"+string(text), "\x00SLURMD_NODENAME="+node+"\x00") {
			continue // gone, or another's
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		found = append(found, pid)
		if parent := parentOf(pid); parent > 1 {
			if name, err := os.ReadFile("/proc/" + strconv.Itoa(parent) + "/comm"); err == nil && strings.HasPrefix(string(name), "slurmstepd") {
				found = append(found, parent)
			}
		}
	}
	return found
}

// inTheMiddle says whether a task is old enough to have begun and too young to be
// done.
func inTheMiddle(pids []int) bool {
	for _, pid := range pids {
		info, err := os.Stat("/proc/" + strconv.Itoa(pid))
		if err != nil {
			return false
		}
		if age := time.Since(info.ModTime()); age < 3*time.Second || age > 6*time.Second {
			return false
		}
	}
	return len(pids) > 0
}

func parentOf(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// loseNode kills a node's daemon and everything that it runs, as a power cut does.
func loseNode(t *testing.T, daemon int) int {
	t.Helper()
	pids := append([]int{daemon}, processesOf(t, "n2")...)
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			t.Fatal(err)
		}
	}
	return len(pids)
}
