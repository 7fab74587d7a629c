//go:build unix

package scratch

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The test's own binary is the owner that gets killed.
func TestMain(m *testing.M) {
	if os.Getenv("SCRATCH_OWNER") != "" {
		d, err := New("test")
		if err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString(d.Path + "\n")
		os.Stdin.Read(make([]byte, 1)) // until it is killed
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSweepTakesWhatTheKilledLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	mine, err := New("test")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	owner := exec.Command(self)
	owner.Env = append(os.Environ(), "SCRATCH_OWNER=1")
	in, err := owner.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	left := strings.TrimSpace(line)
	if gone := Sweep(); len(gone) > 0 {
		t.Errorf("removes %v, whose owners live", gone)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait()
	if gone := Sweep(); !slices.Equal(gone, []string{left}) {
		t.Errorf("removes %v, want %s", gone, left)
	}
	if err := mine.Close(); err != nil {
		t.Error(err)
	}
	if names, err := os.ReadDir(os.TempDir()); err != nil || len(names) > 0 {
		t.Errorf("left: %v, %v", names, err)
	}
}

func TestSweepLeavesWhatIsNoFolderOfOurs(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	outside := t.TempDir()
	link := filepath.Join(os.TempDir(), prefix+"link")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.TempDir(), prefix+"file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if gone := Sweep(); len(gone) > 0 {
		t.Errorf("removes %v", gone)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// Folders are made while others sweep all the time: none is lost to its owner.
func TestNewBesideSweeps(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				d, err := New("test")
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(d.Path, "file"), nil, 0o600); err != nil {
					t.Error(err)
				}
				Sweep()
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestRemoveOpensWhatIsLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	inner := filepath.Join(dir, "locked", "inner")
	if err := os.MkdirAll(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(inner, "file"), nil, 0), os.Symlink(outside, filepath.Join(inner, "link")),
		os.Chmod(inner, 0), os.Chmod(filepath.Dir(inner), 0), os.Chmod(dir, 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := Remove(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}
