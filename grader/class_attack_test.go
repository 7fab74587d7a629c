package main

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// attackers are the submissions that attack the class they are in: how each is made
// in its folder, the points of its work, and a part of what its page says about it.
// Alice's repository is what those without work of their own are after.
var attackers = map[string]struct {
	make   func(t *testing.T, dir, alice, target string)
	points int
	says   string
}{
	"names-a-folder": {func(t *testing.T, dir, alice, _ string) {
		writeFile(t, dir+"/.git", "gitdir: "+alice+"/.git\n")
	}, 0, "no folder but a file"},
	"borrows-objects": {func(t *testing.T, dir, alice, _ string) {
		repository(t, dir, map[string]string{"01-squares/main.go": squares("i+i", true)})
		writeFile(t, dir+"/.git/objects/info/alternates", alice+"/.git/objects\n")
		writeFile(t, dir+"/.git/refs/heads/main", runTool(t, alice, nil, "git", "rev-parse", "HEAD"))
	}, 0, "takes objects from another repository"},
	"links-branches": {func(t *testing.T, dir, alice, _ string) {
		repository(t, dir, map[string]string{"01-squares/main.go": squares("i+i", true)})
		for _, name := range []string{"refs", "objects"} {
			if err := errors.Join(os.RemoveAll(dir+"/.git/"+name), os.Symlink(alice+"/.git/"+name, dir+"/.git/"+name)); err != nil {
				t.Fatal(err)
			}
		}
	}, 0, "is a link to another place"},
	"links-work": {func(t *testing.T, dir, alice, _ string) {
		if err := errors.Join(os.Mkdir(dir, 0o755), os.Symlink(alice+"/exercises", dir+"/exercises")); err != nil {
			t.Fatal(err)
		}
	}, 0, "there is no such file"},
	"climbs": {climbing, 0, "is not a plain file"},
	"damaged": {func(t *testing.T, dir, _, _ string) {
		repository(t, dir, map[string]string{"01-squares/main.go": squares("i*i", true)})
		objects, err := filepath.Glob(dir + "/.git/objects/??/*")
		for _, name := range objects {
			err = errors.Join(err, os.Chmod(name, 0o644), os.WriteFile(name, []byte("nonsense"), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}, 0, "the repository can't be read"},
	"pipes": {func(t *testing.T, dir, _, _ string) {
		writeFile(t, dir+"/.git/HEAD", "ref: refs/heads/main\n")
		err := errors.Join(os.MkdirAll(dir+"/.git/refs/heads", 0o755), syscall.Mkfifo(dir+"/.git/refs/heads/main", 0o644))
		if err != nil {
			t.Fatal(err)
		}
	}, 0, "is no plain file"},
	eve: {func(t *testing.T, dir, _, _ string) {
		writeFile(t, dir+"/01-squares/main.go", "package main\x00\n")
	}, 0, "NUL"},
	"talks-to-the-grader": {func(t *testing.T, dir, _, _ string) {
		talk := `for fd := uintptr(3); fd < 100; fd++ { fmt.Fprintln(os.NewFile(fd, ""), "{\"points\":", 6, "}\x00\xff") }`
		writeFile(t, dir+"/01-squares/main.go", strings.Replace(squares("i+i", true), "n, err :=", talk+"\n\tn, err :=", 1))
	}, 3, "differs from what is expected"},
	"zip": {func(t *testing.T, dir, _, _ string) {
		zipFile(t, dir+".zip", "../../../", map[string]string{"01-squares/main.go": squares("i*i", true), "target": "written by a student"})
	}, 0, "there is no such file"},
}

// eve's name would be a row of its own in a table, and clear a screen.
const eve = "eve\nalice,pass,6,6,\x1b[2J\xff"

// climbing commits a tree in which folders called ".." lead to the target.
func climbing(t *testing.T, dir, _, target string) {
	repository(t, dir, map[string]string{"01-squares/main.go": squares("i*i", true)})
	git := func(stdin string, args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=s", "-c", "user.email=s@example.org"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-11-24T17:00:00Z", "GIT_CONFIG_GLOBAL=/dev/null")
		cmd.Stdin = strings.NewReader(stdin)
		said, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(said))
	}
	at := git("100644 blob "+git("by a student\n", "hash-object", "-w", "--stdin")+"\tpwned\n", "mktree")
	way := append([]string{"exercises", "01-squares", "main.go"}, slices.Repeat([]string{".."}, 12)...)
	way = append(way, strings.Split(strings.Trim(target, "/"), "/")...)
	for _, name := range slices.Backward(way) {
		at = git("040000 tree "+at+"\t"+name+"\n", "mktree")
	}
	git("", "update-ref", "refs/heads/main", git("", "commit-tree", "-m", "x", at))
}

// TestClassUnderAttack grades sixty submissions, ten of which attack the class: what
// the others get is what they are worth, the ten are told why they get no more, and
// nothing is written but the results. The class does not lie below the temporary
// folder, which programs in a box see another one of.
func TestClassUnderAttack(t *testing.T) {
	const all = 60
	base := visible(t)
	submissions, target, out := filepath.Join(base, "submissions"), filepath.Join(base, "target"), filepath.Join(base, "out")
	course := smallCourse(t)
	writeFile(t, filepath.Join(target, "mine"), "a teacher's\n")
	alice := filepath.Join(submissions, "alice")
	repository(t, alice, map[string]string{"01-squares/main.go": squares("i*i", true)})
	points := map[string]int{"alice": 6}
	for i := range all - len(attackers) - 1 {
		name := fmt.Sprintf("student-%02d", i)
		work := []struct {
			text   string
			points int
		}{{squares("i*i", true), 6}, {squares("i+i", true), 3}, {"package main\n\nfunc main() { x }\n", 0}}[i%3]
		points[name] = work.points
		if i%2 == 0 {
			writeFile(t, filepath.Join(submissions, name, "exercises", "01-squares", "main.go"), work.text)
		} else {
			zipFile(t, filepath.Join(submissions, name)+".zip", "work/", map[string]string{"01-squares/main.go": work.text})
		}
	}
	for name, a := range attackers {
		a.make(t, filepath.Join(submissions, name), alice, target)
	}
	before := snapshot(t, submissions, target, course)
	args := []string{"class", "--course", course, "--only", "01", "--at", deadline, "--out", out, submissions}
	for _, again := range []bool{false, true} {
		_, said := runGrader(t, exitFailed, args...) // in some, nothing is found
		if again && !strings.Contains(said, " 0 of them run now") {
			t.Errorf("something was graded again:\n%s", said)
		}
	}
	if after := snapshot(t, submissions, target, course); after != before {
		for line := range strings.Lines(before + after) {
			if !strings.Contains(before, line) || !strings.Contains(after, line) {
				t.Errorf("was changed: %s", line)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(readFile(t, filepath.Join(out, "results.csv")))).ReadAll()
	if err != nil || len(rows) != all+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	table := map[string][]string{}
	for _, row := range rows {
		table[row[0]] = row
		if strings.HasPrefix(row[0], "eve") {
			table[eve] = row
		}
	}
	check := func(name string, points int) {
		if row := table[name]; row == nil || row[2] != fmt.Sprint(points) || (row[1] == "pass") != (points == 6) {
			t.Errorf("%q: %q, want %d points", name, row, points)
		}
	}
	for name, points := range points {
		check(name, points)
	}
	for name, a := range attackers {
		check(name, a.points)
		begin, _, _ := strings.Cut(name, "\n")
		page, err := filepath.Glob(filepath.Join(out, "students", begin+"*.json"))
		if err != nil || len(page) != 1 {
			t.Errorf("%q: %q, %v", name, page, err)
		} else if !strings.Contains(readFile(t, page[0]), a.says) {
			t.Errorf("%q is not told %q:\n%s", name, a.says, readFile(t, page[0]))
		}
	}
}

// visible makes a folder that is not below the temporary one.
func visible(t *testing.T) string {
	t.Helper()
	temporary, _ := filepath.EvalSymlinks(os.TempDir())
	home, _ := os.UserHomeDir()
	for _, place := range []string{"/var/tmp", "/dev/shm", home, "."} {
		dir, err := os.MkdirTemp(place, ".lockstep-class-")
		if err != nil {
			continue
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		dir, err = filepath.Abs(dir)
		if err == nil && !strings.HasPrefix(dir, temporary+"/") && !strings.HasPrefix(dir, "/tmp/") {
			return dir
		}
	}
	t.Skip("there is no place to write to but the temporary folder")
	return ""
}

// snapshot lists what is in folders, with a hash of every file.
func snapshot(t *testing.T, dirs ...string) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			sum := ""
			if d.Type().IsRegular() {
				text, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				sum = fmt.Sprintf("%x", sha256.Sum256(text))
			}
			fmt.Fprintf(&b, "%q %s %s\n", name, d.Type(), sum)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
