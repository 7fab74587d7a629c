package submission

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"lockstep/grader/internal/exercise"
)

func TestScreen(t *testing.T) {
	tests := []struct {
		name, source string
		allow        []string
		imports      []string
		want         []string // "LINE: part of the text"
	}{
		{name: "allowed", source: "package main\nimport \"fmt\"\nfunc main() { fmt.Println() }"},
		{name: "not listed", source: "package main\nimport (\n\t\"fmt\"\n\t\"net\"\n)", want: []string{`4: the import of "net" is refused; what this exercise allows`}},
		{name: "harmless", source: "package main\nimport (\n\t\"errors\"\n\t\"sync/atomic\"\n\t\"lockstep/mp\"\n)"},
		{name: "granted", source: "package main\nimport \"os/exec\"", imports: []string{"os/exec"}},
		{name: "taken away", source: "package main\nimport \"sort\"", imports: []string{"-sort"}, want: []string{`2: the import of "sort" is refused`}},
		{name: "renamed", source: "package main\nimport f \"unsafe\"", want: []string{`2: the import of "unsafe" is refused: it goes around`}},
		{name: "cgo", source: "package main\n// #include \"/etc/passwd\"\nimport \"C\"", want: []string{`3: the import of "C" is refused: cgo`}},
		{name: "linkname", source: "package main\n//go:linkname a b.c\nfunc a()", want: []string{"2: the directive //go:linkname"}},
		{name: "embed", source: "package main\n//go:embed secret.txt\nvar s string", want: []string{"2: the directive //go:embed"}},
		{name: "embed allowed", source: "package main\n//go:embed secret.txt\nvar s string", allow: []string{"//go:embed"}},
		{name: "build", source: "//go:build ignore\n\npackage main", want: []string{"1: the directive //go:build"}},
		{name: "old build", source: "// +build ignore\n\npackage main", want: []string{"1: the directive //go:build"}},
		{name: "line", source: "package main\n//line other.go:1\nfunc a() {}", want: []string{"the directive //line"}},
		{name: "directive in a string", source: "package main\nvar s = `\n//go:embed x\n`"},
		{name: "does not parse", source: "package main\nimport \"net\"\nfunc {", want: []string{`2: the import of "net"`}},
		{name: "nested", source: "package main\n\nvar _ = " + strings.Repeat("(", 100_001) + "1" + strings.Repeat(")", 100_001), want: []string{"3:100009: this is nested too deeply"}},
		{name: "nested, not too deeply", source: "package main\n\nvar _ = " + strings.Repeat("(", 9_000) + "1" + strings.Repeat(")", 9_000)},
		{name: "another package", source: "// About it.\npackage lost_updates\n", want: []string{"2: package lost_updates must be package main"}},
		{name: "no Go at all", source: "\x7fELF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := &exercise.Exercise{Imports: test.imports, Allow: test.allow}
			got := New(e, "dir", map[string][]byte{"main.go": []byte(test.source)}).Problems
			if len(got) != len(test.want) {
				t.Fatalf("got %v, want %v", got, test.want)
			}
			for i, p := range got {
				if !strings.Contains(strings.TrimPrefix(p.String(), "dir/main.go:"), test.want[i]) {
					t.Errorf("got %s, want %s", p, test.want[i])
				}
			}
		})
	}
}

// TestTake hands in what is no plain file of bounded size.
func TestTake(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "solution.go")
	if err := os.WriteFile(outside, []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		put  func(name string) error
		want string
	}{
		"plain":                  {func(n string) error { return os.WriteFile(n, []byte("package main\n"), 0o644) }, ""},
		"missing":                {func(string) error { return nil }, "there is no such file: nothing lies there"},
		"link":                   {func(n string) error { return os.Symlink(outside, n) }, "symbolic link"},
		"folder":                 {func(n string) error { return os.Mkdir(n, 0o755) }, "not a plain file"},
		"pipe":                   {func(n string) error { return syscall.Mkfifo(n, 0o644) }, "not a plain file"},
		"not text":               {func(n string) error { return os.WriteFile(n, []byte("package main\n\n// caf\xe9\n"), 0o644) }, "line 3 holds the byte 0xe9; save it as UTF-8"},
		"UTF-16":                 {func(n string) error { return os.WriteFile(n, utf16le("\ufeffpackage main\n"), 0o644) }, "but UTF-16, as some editors save it; save it as UTF-8"},
		"no mark":                {func(n string) error { return os.WriteFile(n, utf16le("package main\n"), 0o644) }, "but UTF-16"},
		"no mark, the other way": {func(n string) error { return os.WriteFile(n, append([]byte{0}, utf16le("package main\n")...), 0o644) }, "but UTF-16"},
		"NUL":                    {func(n string) error { return os.WriteFile(n, []byte("package main\n\nvar s = \"\x00\"\n"), 0o644) }, "line 3 holds a NUL byte"},
		"kept by Git LFS": {func(n string) error {
			return os.WriteFile(n, []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 900\n"), 0o644)
		}, "is a pointer of Git LFS"},
		"empty": {func(n string) error { return os.WriteFile(n, []byte("\n \n"), 0o644) }, "is empty"},
		"huge": {func(n string) error {
			if err := os.WriteFile(n, nil, 0o644); err != nil {
				return err
			}
			return os.Truncate(n, 2<<30)
		}, "at most"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree := t.TempDir()
			dir := filepath.Join(tree, "01-first")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := test.put(filepath.Join(dir, "main.go")); err != nil {
				t.Fatal(err)
			}
			s, err := Read(tree, &exercise.Exercise{ID: "01-first", Edit: []string{"main.go"}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(s.Problems) > 0 {
				got = s.Problems[0].Text
			}
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if len(s.Problems) > 0 && len(s.Files) > 0 {
				t.Errorf("a refused file was taken: %v", s.Files)
			}
		})
	}
}

// utf16le is a text as Windows' editors may save it.
func utf16le(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// TestFound hands in trees in which the file lies somewhere else, or is called otherwise.
func TestFound(t *testing.T) {
	tests := map[string]struct {
		files []string
		want  string
	}{
		"case":               {[]string{"exercises/01-first/Main.go"}, "there is Main.go, which must be called main.go"},
		"text":               {[]string{"01-first/main.go.txt"}, "there is main.go.txt, which must be called main.go"},
		"second download":    {[]string{"01-first/main (1).go"}, "there is main (1).go, which"},
		"copy":               {[]string{"01-first/main - Copy.go"}, "there is main - Copy.go, which"},
		"another word":       {[]string{"01-first/mainly.go"}, "what lies there: mainly.go"},
		"flat":               {[]string{"main.go"}, "there is main.go outside any folder; it must be 01-first/main.go"},
		"flat, second":       {[]string{"main (2).go"}, "there is main (2).go outside any folder; it must be 01-first/main.go"},
		"too deep":           {[]string{"work-main/exercises/01-first/main.go"}, "there is work-main/exercises/01-first/main.go, a folder too deep: hand in what work-main holds"},
		"too deep, flat":     {[]string{"work/01-first/main.go"}, "there is work/01-first/main.go, a folder too deep: hand in what work holds"},
		"underscore":         {[]string{"01_First/main.go"}, "there is a folder 01_First, which must be called 01-first"},
		"number":             {[]string{"1/main.go"}, "there is a folder 1, which"},
		"exercises, renamed": {[]string{"exercises/first/main.go"}, "there is a folder exercises/first, which"},
		"something else":     {[]string{"report.pdf", "src/a.go", ".git/HEAD"}, "what lies there: report.pdf, src/"},
		"many":               {[]string{"a", "b", "c", "d", "e", "f", "g"}, "what lies there: a, b, c, d, e, f, …"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree := t.TempDir()
			for _, file := range test.files {
				if err := os.MkdirAll(filepath.Join(tree, filepath.Dir(file)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(tree, file), []byte("package main\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Read(tree, &exercise.Exercise{ID: "01-first", Edit: []string{"main.go"}})
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Problems) != 1 || !strings.Contains(s.Problems[0].Text, "there is no such file: "+test.want) {
				t.Errorf("got %v, want %s", s.Problems, test.want)
			}
		})
	}
}

// TestUntaken hands in more Go files than the exercise takes.
func TestUntaken(t *testing.T) {
	tree := t.TempDir()
	if err := os.Mkdir(filepath.Join(tree, "01-first"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.go", "helper.go", "given.go", "main_test.go", "notes.txt", "a.go"} {
		if err := os.WriteFile(filepath.Join(tree, "01-first", name), []byte("package main\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	course := t.TempDir()
	for ours, want := range map[string][]string{
		"package main\n":                   {"a.go", "helper.go"},
		"package main\n\nconst Room = 3\n": {"a.go", "given.go", "helper.go"}, // a changed one
	} {
		if err := os.WriteFile(filepath.Join(course, "given.go"), []byte(ours), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Read(tree, &exercise.Exercise{ID: "01-first", Dir: course, Edit: []string{"main.go"}, Support: []string{"given.go"}})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Untaken, want) || len(s.Problems) > 0 {
			t.Errorf("of %q: not taken: %q, want %q; %v", ours, s.Untaken, want, s.Problems)
		}
	}
}

// TestLinksOut has folders of a submission lead to where the answers are.
func TestLinksOut(t *testing.T) {
	answers := t.TempDir()
	if err := os.MkdirAll(filepath.Join(answers, "01-first"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(answers, "01-first", "main.go"), []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"exercises": answers, "01-first": filepath.Join(answers, "01-first")} {
		tree := t.TempDir()
		if err := os.Symlink(target, filepath.Join(tree, name)); err != nil {
			t.Fatal(err)
		}
		s, err := Read(tree, &exercise.Exercise{ID: "01-first", Edit: []string{"main.go"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Problems) == 0 || len(s.Files) > 0 {
			t.Errorf("%s is a link, and %q was taken", name, s.Files)
		}
	}
}
