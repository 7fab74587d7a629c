package exercise

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the errors at the top of testdata/bad/*.yaml")

// Every file of testdata/bad begins with the errors it must get, one a line:
// "# LINE:COLUMN: text".
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "bad", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 40 {
		t.Fatalf("only %d bad files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, body := header(string(text))
			_, err = Parse("f", text)
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

func TestCourseLoads(t *testing.T) {
	all, err := LoadAll(filepath.Join("..", "..", "..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no exercises")
	}
}
