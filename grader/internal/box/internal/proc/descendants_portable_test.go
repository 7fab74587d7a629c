//go:build portable

package proc

import (
	"bufio"
	"fmt"
	"os/exec"
	"slices"
	"testing"
)

// TestKin: who has left its session, and then lost its parent, is still of the run.
func TestKin(t *testing.T) {
	c := exec.Command("sh", "-c", "setsid sleep 1h & echo $!; read line")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(bufio.NewReader(out), &pid); err != nil {
		t.Fatal(err)
	}
	found := func() bool {
		return slices.ContainsFunc(Descendants(c.Process.Pid), func(p Stat) bool { return p.PID == pid })
	}
	before := found()
	in.Close()
	c.Wait()
	if !before || !found() {
		t.Errorf("found as a child: %v, and afterwards: %v", before, found())
	}
	empty := make(chan struct{})
	go func() {
		for Exists(pid) {
		}
		close(empty)
	}()
	KillTree(c.Process.Pid, empty)
}
