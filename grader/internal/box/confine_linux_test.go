//go:build !portable

package box

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/loopback"
)

func init() {
	roles["prison"] = func(args []string) int { // tries what a prisoner would, and prints what worked
		tries := map[string]func() error{
			"write to the root":              func() error { return os.WriteFile("/x", nil, 0o600) },
			"write to a system file":         func() error { return os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte("1"), 0) },
			"see the host's files":           func() error { _, err := os.Stat("/etc/passwd"); return err },
			"see the program on the host":    func() error { _, err := os.Stat(args[0]); return err },
			"see init's environment":         func() error { _, err := os.ReadFile("/proc/1/environ"); return err },
			"enter init's root":              func() error { _, err := os.ReadDir("/proc/1/root/"); return err },
			"signal init":                    func() error { return syscall.Kill(1, syscall.SIGQUIT) },
			"signal everybody":               func() error { return syscall.Kill(-1, 0) },
			"become root":                    func() error { return syscall.Setuid(os.Getuid() - 1) },
			"mount":                          func() error { return unix.Mount("none", "/tmp", "tmpfs", 0, "") },
			"make a user namespace":          func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
			"make a device":                  func() error { return unix.Mknod("/tmp/d", unix.S_IFBLK|0o600, 8<<8) },
			"trace init":                     func() error { return unix.PtraceAttach(1) },
			"share memory for ever":          func() error { _, err := unix.SysvShmGet(1, 4096, unix.IPC_CREAT|0o600); return err },
			"reach the outside":              func() error { c, err := net.Dial("tcp", "192.0.2.1:80"); closeIf(c); return err },
			"change the program":             func() error { return os.WriteFile("/program", nil, 0o700) },
			"rename the host":                func() error { return unix.Sethostname([]byte("x")) },
			"reopen its output":              func() error { _, err := os.OpenFile("/proc/self/fd/1", os.O_RDWR|os.O_TRUNC, 0); return nilUnless(err) },
			"write what the run before left": func() error { _, err := os.Stat("/tmp/left"); os.WriteFile("/tmp/left", nil, 0o600); return err },
		}
		for fd := range 20 {
			if target, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd)); err == nil && fd > 2 && !strings.Contains(target, "eventpoll") && !strings.Contains(target, "eventfd") {
				fmt.Println("use the descriptor", fd, target)
			}
		}
		for name, try := range tries {
			if try() == nil {
				fmt.Println(name)
			}
		}
		if err := os.WriteFile(os.DevNull, []byte("x"), 0); err != nil {
			fmt.Println("no /dev/null:", err)
		}
		return 0
	}
	roles["read"] = func(args []string) int {
		for _, name := range args {
			data, err := os.ReadFile(name)
			fmt.Println(string(data), err)
			fmt.Println(os.WriteFile(name, []byte("changed"), 0) == nil)
		}
		return 0
	}
	roles["fetch"] = func([]string) int {
		c, err := net.Dial("tcp", os.Getenv("ADDRESS"))
		if err != nil {
			fmt.Println(err)
			return 1
		}
		io.Copy(os.Stdout, c)
		return 0
	}
}

func closeIf(c net.Conn) {
	if c != nil {
		c.Close()
	}
}

// nilUnless: that a pipe can be opened again harms nobody.
func nilUnless(err error) error {
	if err == nil {
		return os.ErrInvalid
	}
	return err
}

func TestPrison(t *testing.T) {
	for _, tier := range []Tier{TierA, TierB} {
		t.Run(string(tier), func(t *testing.T) {
			if o := try(t.Context(), tier); !o.Works {
				t.Skip(o.Why)
			}
			t.Setenv("GITHUB_TOKEN", "secret")
			b, err := Open(t.Context(), Setup{Program: self(t), Tier: tier})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			for range 2 {
				o, err := b.Run(t.Context(), Command{Args: []string{"prison", self(t)}, Env: []string{reexec.AtOnce}})
				if err != nil || o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
					t.Errorf("got %v, %+v, %q %s", err, o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
				}
			}
		})
	}
}

// TestShown shows a program some of the host's files.
func TestShown(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		dir := t.TempDir()
		fixed, free := filepath.Join(dir, "fixed"), filepath.Join(dir, "free")
		for _, d := range []string{fixed, free} {
			os.Mkdir(d, 0o755)
			os.WriteFile(d+"/file", []byte("text"), 0o644)
		}
		c := command(t, "read", fixed+"/file", free+"/file")
		c.ReadOnly, c.Writable, c.Dir = []string{fixed}, []string{free}, free
		o := runIn(t, tier, c)
		want := "text <nil>\nfalse\ntext <nil>\ntrue\n"
		if tier == TierD {
			want = "text <nil>\ntrue\ntext <nil>\ntrue\n" // it can't hide or protect what the user may change
		}
		if string(o.Stdout.Bytes) != want {
			t.Errorf("got %q %s", o.Stdout.Bytes, o.Stderr.Bytes)
		}
	})
}

func TestServe(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		c := command(t, "fetch")
		c.Serve = func(l *loopback.Listener) []string {
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					fmt.Fprint(c, "from the grader")
					c.Close()
				}
			}()
			return []string{"ADDRESS=" + l.Address()}
		}
		if o := runIn(t, tier, c); string(o.Stdout.Bytes) != "from the grader" {
			t.Errorf("got %q", o.Stdout.Bytes)
		}
	})
}

// TestNoLeftovers compares what the system holds before and after.
func TestNoLeftovers(t *testing.T) {
	state := func() []string {
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		out = append(out, strings.Split(string(mounts), "\n")...)
		boxes, _ := filepath.Glob(filepath.Join(os.TempDir(), "lockstep.box.*"))
		return append(out, boxes...)
	}
	t.Setenv("TMPDIR", t.TempDir())
	before := state()
	inTiers(t, func(t *testing.T, tier Tier) { runIn(t, tier, command(t, "daemon")) })
	if after := state(); !slices.Equal(before, after) {
		t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}
