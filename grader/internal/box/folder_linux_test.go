//go:build !portable

package box

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	roles["folder"] = func([]string) int { // says what it finds, and leaves whatever there is to leave
		_ = filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
			text, _ := os.ReadFile(name)
			to, _ := os.Readlink(name)
			info, _ := d.Info()
			fmt.Printf("%s %v %q %s\n", name, info.Mode(), text, to)
			return err
		})
		os.WriteFile("counter", []byte("2\n"), 0o600)
		os.MkdirAll("in/deep", 0o755)
		os.WriteFile("in/deep/file", []byte("x"), 0)
		os.Symlink("/etc/passwd", "link")
		syscall.Mkfifo("pipe", 0o666)
		os.WriteFile("odd\n\xff", nil, 0o600)
		f, _ := os.Create("huge")
		f.Truncate(1 << 30)
		f.Close()
		return 0
	}
	roles["many"] = func([]string) int {
		for i := range 400 {
			os.WriteFile(fmt.Sprint("file", i), nil, 0o600)
		}
		deep := "d"
		for range 20 {
			os.Mkdir(deep, 0o700)
			deep += "/d"
		}
		return 0
	}
	roles["execute"] = func(args []string) int {
		said, err := exec.Command(args[0], args[1:]...).Output()
		fmt.Print(string(said), err)
		return 0
	}
}

// TestFolder gives a program files, and looks at what it leaves.
func TestFolder(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		long := time.Unix(1_000_000_000, 0)
		c := command(t, "folder")
		c.Tier, c.Leaves = tier, true
		c.Given = []File{
			{Name: "counter", Mode: 0o640, Text: []byte("0\n"), Time: long},
			{Name: "in/words", Mode: 0o600, Text: []byte("a")},
			{Name: "to", Mode: fs.ModeSymlink, Text: []byte("counter")},
		}
		seen := run(t, c)
		for _, want := range []string{"counter -rw-r----- \"0\\n\"", "in/words -rw------- \"a\"", "to Lrwxrwxrwx \"0\\n\" counter"} {
			if !strings.Contains(string(seen.Stdout.Bytes), want) {
				t.Errorf("it was not given %s but\n%s", want, seen.Stdout.Bytes)
			}
		}
		got := map[string]File{}
		for _, f := range seen.Left.Files {
			got[f.Name] = f
		}
		if f := got["counter"]; string(f.Text) != "2\n" || f.Mode != 0o640 || f.Time.Equal(long) || f.Unread {
			t.Errorf("counter: got %+v", f)
		}
		if f := got["link"]; f.Mode.Type() != fs.ModeSymlink || string(f.Text) != "/etc/passwd" {
			t.Errorf("link: got %+v", f)
		}
		if f := got["pipe"]; f.Mode.Type() != fs.ModeNamedPipe || f.Text != nil {
			t.Errorf("pipe: got %+v", f)
		}
		if f := got["huge"]; f.Size != 1<<30 || !f.Unread || len(f.Text) > 1<<20 {
			t.Errorf("huge: got %d of %d bytes, unread %v", len(f.Text), f.Size, f.Unread)
		}
		if f := got["in/deep/file"]; f.Size != 1 || f.Unread != (string(f.Text) != "x") {
			t.Errorf("in/deep/file: got %+v", f)
		}
		if len(got) != 10 || seen.Left.More {
			t.Errorf("got %d files, more: %v", len(got), seen.Left.More)
		}
		// The next run finds nothing of it.
		c.Given = nil
		if seen := run(t, c); strings.Contains(string(seen.Stdout.Bytes), "counter") {
			t.Errorf("found\n%s", seen.Stdout.Bytes)
		}
		c.Args = command(t, "many").Args
		if seen := run(t, c); len(seen.Left.Files) != 256 || !seen.Left.More {
			t.Errorf("of many, %d files, more: %v", len(seen.Left.Files), seen.Left.More)
		}
	})
}

// TestPrograms lets a program execute others by their names, and nothing else.
func TestPrograms(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		dir := t.TempDir()
		if err := os.Symlink(self(t), filepath.Join(dir, "greet")); err != nil {
			t.Fatal(err)
		}
		c := command(t, "execute", "greet", "hello", "you")
		c.Tier, c.Programs, c.Env = tier, []string{filepath.Join(dir, "greet")}, []string{"PATH=/bin"}
		seen := run(t, c)
		if got := string(seen.Stdout.Bytes); got != "hello you\nexit status 3" {
			t.Errorf("got %q", got)
		}
		if p := seen.Processes; !slices.ContainsFunc(p, func(p Process) bool { return len(p.Argv) > 0 && p.Argv[0] == "greet" && p.State == Joined }) && len(seen.Unseen) == 0 {
			t.Errorf("greet is not among %+v", p)
		}
		if c.Args[1] = "sh"; tier != TierD {
			if got := string(run(t, c).Stdout.Bytes); !strings.Contains(got, "not found") {
				t.Errorf("of sh, got %q", got)
			}
		}
	})
}
