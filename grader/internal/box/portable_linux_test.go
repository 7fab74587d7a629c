//go:build portable

package box

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
)

func isZombie(pid int) bool {
	return slices.ContainsFunc(processes(), func(f found) bool { return f.pid == pid && f.zombie })
}

func init() {
	roles["leave"] = func([]string) int { // a child of another session, which is left when there is no more input
		fmt.Println(startSession("sleep", "1h").Process.Pid)
		io.Copy(io.Discard, os.Stdin)
		return 0
	}
}

// TestFatesByLooking: who looks now and then must not say more than was seen. Whether
// what ended was waited for is known only while its parent lives.
func TestFatesByLooking(t *testing.T) {
	for _, test := range []struct {
		args []string
		may  []Fate // its children's
		seen int    // at least
	}{
		{[]string{"family", "4", "50ms"}, []Fate{Joined, Ended}, 0},
		{[]string{"zombies", "3"}, []Fate{Ended}, 0},
		{[]string{"orphans", "3", "1h"}, []Fate{Orphan}, 3},
	} {
		o := run(t, command(t, test.args...))
		for _, p := range o.Processes[1:] {
			if !slices.Contains(test.may, p.Fate) {
				t.Errorf("%q: got %+v", test.args, p)
			}
			if exists(p.PID) && !isZombie(p.PID) { // whose it is now may take its time
				t.Errorf("%q: pid %d is left", test.args, p.PID)
			}
		}
		if len(o.Processes) <= test.seen || o.Hit != nil || o.Exit != (Exit{}) || o.Uncounted == "" {
			t.Errorf("%q: got %+v", test.args, o)
		}
	}
}

// TestKin: who has left its session, and then lost its parent, is still of the run.
func TestKin(t *testing.T) {
	c := exec.Command("/proc/self/exe", "leave")
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
		return slices.ContainsFunc(descendants(c.Process.Pid), func(l look) bool { return l.pid == pid })
	}
	before := found()
	in.Close()
	c.Wait()
	if !before || !found() {
		t.Errorf("found as a child: %v, and afterwards: %v", before, found())
	}
	empty := make(chan struct{})
	go func() {
		for exists(pid) {
		}
		close(empty)
	}()
	killTree(c.Process.Pid, empty)
}

// TestNoTierIsClaimed: of the tiers only the last is there.
func TestNoTierIsClaimed(t *testing.T) {
	for _, o := range Survey(t.Context()) {
		if o.Works != (o.Tier == TierD) {
			t.Errorf("got %+v", o)
		}
	}
}
