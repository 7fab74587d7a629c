package cohort

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
)

func TestMain(m *testing.M) {
	box.Init()
	os.Exit(m.Run())
}

// objects writes a repository's objects by hand: git itself refuses to make most of
// those that a student can.
type objects struct {
	t   *testing.T
	dir string
}

func (o objects) add(kind, text string) string {
	o.t.Helper()
	text = fmt.Sprintf("%s %d\x00%s", kind, len(text), text)
	sum := sha1.Sum([]byte(text))
	name := hex.EncodeToString(sum[:])
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		o.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		o.t.Fatal(err)
	}
	write(o.t, filepath.Join(o.dir, ".git", "objects", name[:2], name[2:]), b.String())
	return name
}

// tree adds a tree of entries "MODE NAME OBJECT".
func (o objects) tree(entries ...[3]string) string {
	o.t.Helper()
	var text strings.Builder
	for _, e := range entries {
		object, err := hex.DecodeString(e[2])
		if err != nil {
			o.t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s %s\x00%s", e[0], e[1], object)
	}
	return o.add("tree", text.String())
}

func (o objects) commit(tree string) {
	o.t.Helper()
	const who = "s <s@example.org> 1700000000 +0000"
	write(o.t, filepath.Join(o.dir, ".git", "refs", "heads", "main"), o.add("commit", fmt.Sprintf("tree %s\nauthor %s\ncommitter %s\n\nx\n", tree, who, who))+"\n")
	write(o.t, filepath.Join(o.dir, ".git", "HEAD"), "ref: refs/heads/main\n")
}

// TestNamesInCommits hands in commits whose trees no git makes. A file is taken
// where its name is the wanted one, byte for byte, and nothing is written elsewhere. With
// -short, one name of four is tried.
func TestNamesInCommits(t *testing.T) {
	const file, folder = "100644", "40000"
	// named has one entry of that name where main.go is looked for.
	named := func(o objects, mode, name, object string) string {
		return o.tree([3]string{folder, "01-first", o.tree([3]string{mode, name, object})})
	}
	honest := func(o objects) string { return o.add("blob", "package main\n") }
	tests := map[string]struct {
		tree    func(o objects) string
		problem string // part of it; empty: the file is taken
	}{
		"as wanted":  {func(o objects) string { return named(o, file, "main.go", honest(o)) }, ""},
		"executable": {func(o objects) string { return named(o, "100755", "main.go", honest(o)) }, ""},
		"by exercises": {func(o objects) string {
			return o.tree([3]string{folder, "exercises", named(o, file, "main.go", honest(o))})
		}, ""},
		"odd neighbours": {func(o objects) string {
			b := honest(o)
			return o.tree([3]string{folder, ".", o.tree()}, [3]string{folder, "..", named(o, file, "pwned", b)},
				[3]string{folder, ".git", o.tree([3]string{file, "config", b})}, [3]string{folder, "01-first", o.tree([3]string{file, "main.go", b})}, [3]string{file, "\x1b[2J\nx", b})
		}, ""},
		"climbs": {func(o objects) string {
			up := o.tree([3]string{file, "pwned", honest(o)})
			for range 12 {
				up = o.tree([3]string{folder, "..", up})
			}
			return named(o, folder, "main.go", up)
		}, "not a plain file"},
		"climbs at once":   {func(o objects) string { return named(o, file, "../pwned", honest(o)) }, "no such file"},
		"climbs by itself": {func(o objects) string { return named(o, file, "main.go/../../pwned", honest(o)) }, "no such file"},
		"with its folder":  {func(o objects) string { return o.tree([3]string{file, "/01-first/main.go", honest(o)}) }, "no such file"},
		"other case":       {func(o objects) string { return named(o, file, "MAIN.go", honest(o)) }, "no such file"},
		"wide letters":     {func(o objects) string { return named(o, file, "ｍain.go", honest(o)) }, "no such file"},
		"hidden letter":    {func(o objects) string { return named(o, file, "main\u200d.go", honest(o)) }, "no such file"},
		"more behind it":   {func(o objects) string { return named(o, file, "main.go\n", honest(o)) }, "no such file"},
		"a dot more":       {func(o objects) string { return named(o, folder, ".", o.tree([3]string{file, "main.go", honest(o)})) }, "no such file"},
		"a link":           {func(o objects) string { return named(o, "120000", "main.go", o.add("blob", "/etc/passwd")) }, "symbolic link"},
		"a link on the way": {func(o objects) string {
			return o.tree([3]string{"120000", "exercises", o.add("blob", "../../alice/exercises")})
		}, "no such file"},
		"a submodule":   {func(o objects) string { return named(o, "160000", "main.go", strings.Repeat("ab", 20)) }, "not a plain file"},
		"a folder":      {func(o objects) string { return named(o, folder, "main.go", o.tree()) }, "not a plain file"},
		"no text":       {func(o objects) string { return named(o, file, "main.go", strings.Repeat("cd", 20)) }, "lacks the text"},
		"no blob":       {func(o objects) string { return named(o, file, "main.go", o.tree()) }, "lacks the text"},
		"too large":     {func(o objects) string { return named(o, file, "main.go", o.add("blob", strings.Repeat("x", 1<<20))) }, "at most"},
		"no name":       {func(o objects) string { return named(o, file, "", honest(o)) }, "can't be read"},
		"a broken tree": {func(o objects) string { return o.add("tree", "100644 main.go\x00short") }, "can't be read"},
		"twice": {func(o objects) string {
			return o.tree([3]string{folder, "01-first", o.tree([3]string{file, "main.go", honest(o)}, [3]string{"120000", "main.go", o.add("blob", "/etc/passwd")})})
		}, "two files called"},
	}
	for i, name := range slices.Sorted(maps.Keys(tests)) {
		if testing.Short() && i%4 != 2 {
			continue
		}
		test := tests[name]
		t.Run(name, func(t *testing.T) {
			o := objects{t, filepath.Join(t.TempDir(), "mallory")}
			o.commit(test.tree(o))
			around := t.TempDir()
			dir := filepath.Join(around, "a", "b")
			tree, err := Submission{Student: "mallory", Path: o.dir, Kind: Repository}.Open(context.Background(), first(), course, time.Now(), dir)
			if err != nil {
				t.Fatal(err)
			}
			work, err := tree.Take(first()[0])
			if err != nil {
				t.Fatal(err)
			}
			problem := ""
			if len(work.Problems) > 0 {
				problem = work.Problems[0].String()
			}
			if (problem == "") != (test.problem == "") || !strings.Contains(problem, test.problem) {
				t.Errorf("problem %q, want %q", problem, test.problem)
			}
			if taken := string(work.Files["main.go"]); (taken == "package main\n") != (test.problem == "") {
				t.Errorf("took %q", taken)
			}
			err = filepath.Walk(around, func(name string, info os.FileInfo, err error) error {
				if err == nil && !info.IsDir() && !strings.HasSuffix(name, "/a/b/01-first/main.go") && !strings.HasSuffix(name, "/a/b/exercises/01-first/main.go") {
					t.Errorf("wrote %s", name)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
