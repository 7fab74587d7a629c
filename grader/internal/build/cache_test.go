package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// talk sends requests to a store and returns its answers, without the greeting.
func talk(t *testing.T, s *store, lines ...any) []response {
	t.Helper()
	var in, out bytes.Buffer
	for _, l := range lines {
		if err := json.NewEncoder(&in).Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.serve(&in, &out); err != nil {
		t.Fatal(err)
	}
	var all []response
	for d := json.NewDecoder(&out); d.More(); {
		var r response
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all[1:]
}

func TestStore(t *testing.T) {
	trusted, first := t.TempDir(), &store{private: t.TempDir()}
	first.trusted = trusted
	put := request{ID: 1, Command: "put", ActionID: []byte{0xaa, 1}, OutputID: []byte{0xbb, 2}, BodySize: 4}
	get := request{ID: 2, Command: "get", ActionID: put.ActionID}
	answers := talk(t, first, get, put, []byte("code"), get)
	if !answers[0].Miss || answers[1].Err != "" || answers[2].Miss || readBack(t, answers[2]) != "code" {
		t.Errorf("got %+v", answers)
	}
	if left, err := os.ReadDir(trusted); err != nil || len(left) > 0 {
		t.Errorf("the trusted layer holds %v, %v", left, err)
	}
	// The next build does not see it, and sees what is trusted.
	next := &store{trusted: trusted, private: t.TempDir()}
	if answers := talk(t, next, get); !answers[0].Miss {
		t.Errorf("the next build got %+v", answers)
	}
	if err := os.CopyFS(trusted, os.DirFS(first.private)); err != nil {
		t.Fatal(err)
	}
	if answers := talk(t, next, get); answers[0].Miss || !strings.HasPrefix(answers[0].DiskPath, trusted) {
		t.Errorf("of what is trusted got %+v", answers)
	}
	// What was cut off while it was written is not there.
	if err := os.Truncate(named(trusted, put.OutputID, "-d"), 2); err != nil {
		t.Fatal(err)
	}
	if answers := talk(t, next, get); !answers[0].Miss {
		t.Errorf("half an output is taken: %+v", answers)
	}
}

// TestFolders has the go command make no folders where the trusted cache has them all.
func TestFolders(t *testing.T) {
	tool := &toolchain{cache: t.TempDir()}
	for i := range 256 {
		if tool.hasFolders() {
			t.Fatalf("with %d folders", i)
		}
		if err := os.Mkdir(filepath.Join(tool.cache, fmt.Sprintf("%02x", i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if !tool.hasFolders() {
		t.Error("not with all of them")
	}
	if os.Geteuid() != 0 {
		return // only root can give a folder away
	}
	if err := os.Chown(tool.cache, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if tool.hasFolders() {
		t.Error("somebody else's")
	}
}

func readBack(t *testing.T, r response) string {
	t.Helper()
	text, err := os.ReadFile(r.DiskPath)
	if err != nil || r.Size != int64(len(text)) {
		t.Errorf("%+v: %v", r, err)
	}
	return string(text)
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"package main\n\nimport \"fmt\"\n":                                 "",
		"package main\n\n// int x;\nimport \"C\"\n":                        "dir/main.go:4:8: cgo is not built",
		"//line other.go:1\npackage main\n\nimport `C`\n":                  "dir/main.go:4:8: cgo is not built",
		"package main\n\nimport \"C\"\n\nfunc main( { this does not parse": "dir/main.go:3:8: cgo is not built",
	} {
		got := strings.Join(refused(Unit{Files: map[string][]byte{"main.go": []byte(text)}, Shown: "dir"}), "\n")
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestWarmBuildsOnlyTheStandardLibrary(t *testing.T) {
	goroot := t.TempDir()
	for _, name := range []string{"fmt", "net/http", "internal/poll"} {
		if err := write(filepath.Join(goroot, "src", name, "x.go"), nil); err != nil {
			t.Fatal(err)
		}
	}
	tool := &toolchain{goroot: goroot}
	text := "package main\n\nimport (\n\"fmt\"\n\"net/http\"\n\"internal/poll\"\n\"../../etc\"\n\"lockstep/mp\"\n\"./x\"\n\"example.com/x\"\n\"f*\"\n)\n"
	got, err := imported(Request{}, tool, []Unit{{Files: map[string][]byte{"main.go": []byte(text)}}})
	if err != nil || strings.Join(got, " ") != "./mp fmt net/http" {
		t.Errorf("got %v, %v", got, err)
	}
}
