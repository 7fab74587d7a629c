//go:build !portable

package box

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func init() {
	// Lowers its own limits for good, and runs something in every kind of box that it
	// can have.
	roles["lowered"] = func(args []string) int {
		resource := map[string]int{"files": unix.RLIMIT_NOFILE, "tasks": unix.RLIMIT_NPROC, "size": unix.RLIMIT_FSIZE}[args[0]]
		most, _ := strconv.ParseUint(args[1], 10, 64)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			fmt.Println(err)
			return 1
		}
		for _, s := range []Setup{{Tier: TierB}, {Tier: TierB, Unwatched: true}, {Tier: TierC}, {Tier: TierD}} {
			s.Program, s.Limits = "/bin/true", Limits{OpenFiles: 4096, Threads: 4096}
			b, err := open(context.Background(), s)
			if err == nil {
				var o *Observation
				if o, err = b.Run(context.Background(), Command{}); err == nil {
					fmt.Println(s.Tier, o.Exit.Code)
				}
				b.Close()
			}
			if err != nil {
				fmt.Println(s.Tier, err)
				var few *tooFew
				if errors.As(err, &few) && whyNot(TierA, err) != err.Error() {
					fmt.Println("of tier A something else is said")
				}
			}
		}
		return 0
	}
}

// TestHardLimits runs boxes where the machine's owner allows less than they want.
func TestHardLimits(t *testing.T) {
	for _, test := range []struct{ resource, most, want string }{
		{"files", "200", ""},
		{"tasks", "200", ""},
		{"size", "10000000", ""},
		{"files", "20", "may have only 20 open files"},
		{"tasks", "20", "may have only 20 processes and threads"},
	} {
		// Root may have as much as it likes, so that the test is somebody else's.
		user := os.Geteuid()
		cmd := exec.Command("/proc/self/exe", "lowered", test.resource, test.most)
		if user == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 64712, Gid: 64712}}
		}
		cmd.Dir = "/"
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v: %s", test.resource, test.most, err, said)
		}
		tried := 0
		for line := range strings.Lines(string(said)) {
			switch {
			case strings.Contains(line, "cannot start the box's init"), strings.Contains(line, "cannot set up a box"), strings.Contains(line, "cannot make a temporary folder"):
				continue // there is no such box here, or no folder for it
			case test.want == "" && len(strings.Fields(line)) == 2 && strings.HasSuffix(line, " 0\n"):
			case test.want != "" && strings.Contains(line, test.want):
			default:
				t.Errorf("%s %s: %s", test.resource, test.most, line)
			}
			tried++
		}
		if tried == 0 {
			t.Skipf("there is no kind of box for an ordinary user here: %s", said)
		}
	}
}
