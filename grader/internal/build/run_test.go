package build

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
)

func TestMain(m *testing.M) {
	Init()
	box.Init()
	os.Exit(m.Run())
}

// TestRunScreens builds honest programs beside such as are refused, and such as are
// made to keep whoever reads them busy.
func TestRunScreens(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads submissions in the box")
	}
	course, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	const honest = "package main\n\nimport \"time\"\n\nfunc main() { <-time.After(0) }\n"
	long := 20_000
	if testing.Short() {
		long = 2000 // the compiler is busy for seconds with it, too
	}
	tests := map[string]struct {
		source  string
		refused string // a part of what is said; "-" where the compiler says it
		free    bool   // goroutines are allowed
	}{
		"honest":     {source: honest},
		"free":       {source: strings.Replace(honest, "<-time", "go main(); <-time", 1), free: true},
		"goroutine":  {source: strings.Replace(honest, "<-time", "go main(); <-time", 1), refused: "dir/main.go:5:15: a goroutine is refused"},
		"renamed":    {source: strings.Replace(honest, "<-time.After(0)", "f := time.AfterFunc; f(0, main)", 1), refused: "dir/main.go:5:25: time.AfterFunc runs"},
		"type error": {source: strings.Replace(honest, "0", "\"0\"", 1) + "func f() { go f() }\n", refused: "-"},
		"no Go":      {source: "nonsense", refused: "-"},
		"not known":  {source: "package main\n\nimport \"no/such\"\n\nfunc main() { such.Do() }\n", refused: "-"},
		"long sum":   {source: "package main\n\nfunc main() { x := 1; _ = x" + strings.Repeat("+x", long) + " }\n"},
	}
	r := Request{Course: course, Dir: t.TempDir()}
	for name, test := range tests {
		u := Unit{Key: strings.ReplaceAll(name, " ", "-"), Files: map[string][]byte{"main.go": []byte(test.source)}, Shown: "dir"}
		if !test.free {
			u.Screen = Screen{Files: []string{"main.go"}, Goroutines: true}
		}
		r.Units = append(r.Units, u)
	}
	programs, err := Run(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		p := programs[strings.ReplaceAll(name, " ", "-")]
		said := ""
		if len(p.Refused) > 0 {
			said = p.Refused[0].String()
		}
		switch {
		case (p.Plain != "") != (test.refused == ""):
			t.Errorf("%s: program %q, refused %q, errors %q", name, p.Plain, said, p.Errors)
		case test.refused == "-" && (len(p.Errors) == 0 || said != ""):
			t.Errorf("%s: refused %q, errors %q", name, said, p.Errors)
		case test.refused != "-" && !strings.HasPrefix(said, test.refused):
			t.Errorf("%s: refused %q", name, said)
		}
	}
}

// TestScreenIsBounded has what reads submissions run into a limit: that is the one
// unit's fault, and the others are answered.
func TestScreenIsBounded(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads submissions in the box")
	}
	exports, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	small := screenLimits
	small.Memory = 96 << 20
	var table strings.Builder // takes far more memory than its text
	for range 1 << 20 {
		table.WriteString("1,")
	}
	units := []Unit{
		{Key: "a", Files: map[string][]byte{"main.go": []byte("package main\n\nfunc main() {}\n")}, Screen: Screen{Files: []string{"main.go"}, Goroutines: true}},
		{Key: "b", Files: map[string][]byte{"main.go": []byte("package main\n\nvar _ = []int{" + table.String() + "}\n\nfunc main() {}\n")}, Screen: Screen{Files: []string{"main.go"}, Goroutines: true}},
		{Key: "c", Files: map[string][]byte{"main.go": []byte("package main\n\nfunc main() { go main() }\n")}, Screen: Screen{Files: []string{"main.go"}, Goroutines: true}},
	}
	answers, err := (&toolchain{cache: t.TempDir()}).screen(t.Context(), small, exports, units)
	if err != nil {
		t.Fatal(err)
	}
	if len(answers["a"].Problems) > 0 || len(answers["c"].Problems) != 1 || len(answers["b"].Problems) != 1 || !strings.Contains(answers["b"].Problems[0].Text, "memory limit") {
		t.Errorf("got %+v", answers)
	}
}
