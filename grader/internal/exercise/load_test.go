package exercise

import (
	"errors"
	"flag"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the errors at the top of testdata/bad/*.yaml")

// Every file of testdata/bad begins with the errors it must get, one a line:
// "# LINE:COLUMN: text".
func TestBadFiles(t *testing.T) {
	bad(t, "*.yaml", 40, func(text []byte) error { _, err := Parse("f", text); return err })
}

// So do those of courses, which have these exercises.
func TestBadCourses(t *testing.T) {
	bad(t, "course/*.yaml", 8, func(text []byte) error {
		_, err := parseCourse("f", text, []string{"01-first-process", "02-join-them-all", "10-lost-updates"})
		return err
	})
}

// And those of what is said in other languages.
func TestBadTexts(t *testing.T) {
	e := &Exercise{Hints: []string{"a", "b"}, Checks: []Check{{Name: "counts to ten"}, {Name: "right in every interleaving"}}}
	bad(t, "texts/*.yaml", 8, func(text []byte) error { _, err := parseTexts("f", text, e); return err })
	c := &Course{Title: "C", Chapters: []Chapter{{Title: "Pipes"}, {Title: "Locks"}}}
	bad(t, "course-texts/*.yaml", 5, func(text []byte) error { _, err := parseCourseTexts("f", text, c); return err })
}

func bad(t *testing.T, names string, least int, parse func([]byte) error) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "bad", filepath.FromSlash(names)))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < least {
		t.Fatalf("only %d bad files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, body := header(string(text))
			err = parse(text)
			var es Errors
			if !errors.As(err, &es) {
				t.Fatalf("got %v, want Errors", err)
			}
			got := ""
			for _, e := range es {
				got += "# " + strings.ReplaceAll(strings.TrimPrefix(e.Error(), "f:"), "\n", " ") + "\n"
			}
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("got\n%swant\n%s", got, want)
			}
			if err := os.WriteFile(file, []byte(got+body), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// header splits a file into its leading comment lines and the rest.
func header(text string) (comments, rest string) {
	for strings.HasPrefix(text, "# ") {
		line, after, _ := strings.Cut(text, "\n")
		comments, text = comments+line+"\n", after
	}
	return comments, text
}

// TestChapters reads a course whose chapters begin at a name, a number and a short number.
func TestChapters(t *testing.T) {
	ids := []string{"01-a", "02-b", "03-c", "10-d", "11-e"}
	c, err := parseCourse("f", []byte("title: C\nchapters:\n- {title: A, about: a., begins: 1}\n- {title: B, about: b., begins: 03-c}\n- {title: C, about: c., begins: 11}\n"), ids)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, id := range ids {
		got += (&Exercise{ID: id, Course: c}).Chapter().Title
	}
	if got != "AABBC" || (&Exercise{ID: "01-a"}).Chapter() != (Chapter{}) {
		t.Errorf("the chapters are %s", got)
	}
}

func TestCourseLoads(t *testing.T) {
	all, err := LoadAll(filepath.Join("..", "..", "..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no exercises")
	}
}

// TestStandardLibrary keeps the list of packages that an exercise may grant what
// this version of Go holds: `go test ./grader/internal/exercise -update` writes it.
func TestStandardLibrary(t *testing.T) {
	said, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(strings.TrimSpace(string(said)), "src")
	var list strings.Builder
	err = filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		switch d.Name() {
		case "internal", "vendor", "testdata", "cmd", "builtin": // no package to import
			return filepath.SkipDir
		}
		if strings.HasPrefix(d.Name(), "_") {
			return filepath.SkipDir
		}
		if _, err := build.ImportDir(name, 0); err == nil && name != root {
			path, _ := filepath.Rel(root, name)
			list.WriteString(filepath.ToSlash(path) + "\n")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("standard.txt", []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if list.String() != standard {
		t.Error("standard.txt is stale: run this test with -update")
	}
}

// TestColumns has slips after indentation, tabs and letters of several bytes.
func TestColumns(t *testing.T) {
	text := "title: T\ntopic: t\ngoal: g\npoints: 0\nedit: [main.go]\nimports: []\nhints: []\nstarter: {fails: []}\nchecks:\n- name: c\n  script: |  # a block\n\n\n     # first\n       program 'ä ö' -x \tü \"\r\n     ! \texpect stdout equals 'ä' want\n"
	_, err := Parse("f", []byte(text))
	if err == nil {
		t.Fatal("nothing was found")
	}
	want := "f:15:28: check \"c\": script: a double quote does not hold words together; use single quotes\n" +
		"f:16:34: check \"c\": script: usage: expect stdout equals FILE [within=NUMBER] [loose], unordered FILE [loose], order FILE, or matches REGEXP"
	if got := err.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A file of claims may be the exercise's own; its slips are told where they stand.
func TestClaimsInAFileOfTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "01-first")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write("main.go", "")
	write(FileName, "title: T\ntopic: t\ngoal: g\npoints: 0\nedit: [main.go]\nimports: []\nhints: []\nstarter: {fails: []}\n"+
		"mutants: {printed_answer.go: [c], goroutines.go: [c], sleep_instead.go: [c]}\nchecks:\n- name: c\n  script: |\n    interleavings -each=$EXERCISE/claims\n")
	write("claims", "exit 0\n! stdout 'é' x\n")
	_, err := Load(dir)
	want := filepath.Join(dir, "claims") + `:2:10: check "c": script: usage: expect stdout equals FILE [within=NUMBER] [loose], unordered FILE [loose], order FILE, or matches REGEXP`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	write("claims", "exit 0\n! stdout matches 'é'\n")
	e, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Checks[0].Script.Calls[0].Claims; !slices.Equal(got, []Expectation{Exit{}, Output{Not: true, Stream: "stdout", How: "matches", Pattern: "é"}}) {
		t.Errorf("got %+v", got)
	}
}

// TestReadAsTestscriptDoes splits lines into the words that testscript makes of them.
func TestReadAsTestscriptDoes(t *testing.T) {
	for line, want := range map[string][]string{
		"":                       {},
		"# all of it":            {},
		"a b\tc\r":               {"a", "b", "c"},
		"a # b":                  {"a"},
		"'a b'c'd'":              {"a bcd"},
		"'it''s' '' x":           {"it's", "", "x"},
		"'#' '$X' '\"'":          {"#", "$X", "\""},
		"$EXERCISE/a $WORK":      {"$EXERCISE/a", "$WORK"},
		"x={{int 1 3}}y 'é ö' é": {"x={{int 1 3}}y", "é ö", "é"},
	} {
		got, fault := readLine(line)
		if fault != nil || !slices.Equal(texts(got), want) {
			t.Errorf("%q: got %q, %v, want %q", line, texts(got), fault, want)
		}
	}
}
