//go:build !portable

package box

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/landlock"
	"lockstep/grader/internal/box/internal/reexec"
)

func init() {
	roles["trespass"] = func(args []string) int { // tries what a fence refuses, and prints what worked
		other, _ := strconv.Atoi(args[1])
		tries := map[string]func() error{
			"read a file":       func() error { _, err := os.ReadFile(args[0]); return err },
			"list a folder":     func() error { _, err := os.ReadDir(filepath.Dir(args[0])); return err },
			"change a file":     func() error { return os.WriteFile(args[0], []byte("x"), 0) },
			"empty a file":      func() error { return os.Truncate(args[0], 0) },
			"remove a file":     func() error { return os.Remove(args[0]) },
			"move a file":       func() error { return os.Rename(args[0], "mine") },
			"link to a file":    func() error { return os.Link(args[0], "mine") },
			"change its rights": func() error { return os.Chmod(args[0], 0o777) },
			"change its date":   func() error { return syscall.UtimesNano(args[0], make([]syscall.Timespec, 2)) },
			"make a file":       func() error { return os.WriteFile(args[0]+"-new", nil, 0o600) },
			"write to shared":   func() error { return os.WriteFile("/dev/shm/lockstep-fence", nil, 0o600) },
			"list processes":    func() error { _, err := os.ReadDir("/proc"); return err },
			"read its secrets":  func() error { _, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", other)); return err },
			"send a signal":     func() error { return syscall.Kill(other, 0) },
			"signal init":       func() error { return syscall.Kill(os.Getppid(), 0) },
			"take a port":       func() error { return closed(net.Listen("tcp", "127.0.0.1:8765")) },
			"become somebody":   func() error { return syscall.Setuid(os.Getuid() + 1) },
			"be root again":     func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
		}
		for name, try := range tries {
			if try() == nil {
				fmt.Println(name)
			}
		}
		// What is its own, it has.
		if err := os.WriteFile(filepath.Join(os.TempDir(), "own"), nil, 0o600); err != nil {
			fmt.Println(err)
		}
		if err := os.Mkdir("folder", 0o700); err != nil {
			fmt.Println(err)
		}
		if err := os.Rename("own", "folder/own"); err != nil {
			fmt.Println(err)
		}
		return 0
	}
}

func closed(l net.Listener, err error) error {
	if err == nil {
		l.Close()
	}
	return err
}

// TestLandlock tries what the newest version that is used refuses.
func TestLandlock(t *testing.T) {
	if abi := landlock.ABI(); abi < landlock.ABIScope {
		t.Skip("Landlock has version ", abi, " here")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("a secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	other := startRole("sleep", "1h")
	defer func() { other.Process.Kill(); other.Wait() }()
	b, err := Open(t.Context(), Setup{Program: self(t), Tier: TierC})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for range 2 {
		o, err := b.Run(t.Context(), Command{Args: []string{"trespass", file, strconv.Itoa(other.Process.Pid)}, Env: []string{reexec.AtOnce}})
		if err != nil || o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
			t.Errorf("got %v, %+v, %q %s", err, o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
		}
	}
	if text, err := os.ReadFile(file); string(text) != "a secret" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

// TestOlderLandlock: less is refused by an older kernel, and said.
func TestOlderLandlock(t *testing.T) {
	for abi, want := range map[int]int{1: 3, landlock.ABITruncate: 2, 4: 2, landlock.ABIScope: 2} {
		if open := unheld(abi, nil); len(open) != want {
			t.Errorf("version %d does not hold %q", abi, open)
		}
	}
}
