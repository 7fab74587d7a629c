//go:build unix

package build

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
)

// TestLimitsOfTheCompiler stops the compiler at a limit that it reaches at once. What
// a unit can be blamed for is told of it, and of nobody else; what the machine must
// be blamed for is told of nobody.
func TestLimitsOfTheCompiler(t *testing.T) {
	const short = "\tprintln(1)\n"
	// The compiler is at it for many seconds: a limit on real time comes first on the
	// slowest machine, too, which has to find out that it is slow.
	long := strings.Repeat("\tx = x*x ^ x>>1\n\tif x > 7 {\n\t\tx--\n\t}\n", 200_000)
	for name, test := range map[string]struct {
		body   string
		limits box.Limits
		errors string // that each unit gets; none: it is built, or broken
		broken string
	}{
		"none of a unit's own": {short, box.Limits{}, "", ""},
		"the processor's time": {short, box.Limits{CPU: 1}, "the compiler was stopped: cpu limit", ""},
		"memory":               {short, box.Limits{Memory: 1}, "the compiler was stopped: memory limit", ""},
		"real time":            {"\tx := 1\n" + long, box.Limits{Wall: time.Millisecond, CPU: time.Hour, Memory: 8 << 30}, "", "too slow or too busy"},
	} {
		t.Run(name, func(t *testing.T) {
			unit := Unit{Key: "one", Shown: "one", Files: map[string][]byte{"main.go": []byte("package main\n\nfunc main() {\n" + test.body + "}\n")}}
			programs, err := Run(t.Context(), Request{Course: "../../..", Dir: t.TempDir(), Units: []Unit{unit}, Limits: test.limits})
			if err != nil {
				t.Fatal(err)
			}
			for key, p := range programs {
				said, broken := strings.Join(p.Errors, "\n"), ""
				if p.Broken != nil {
					broken = p.Broken.Error()
				}
				built := test.errors == "" && test.broken == ""
				if (p.Plain != "") != built || !strings.Contains(said, test.errors) || !strings.Contains(broken, test.broken) || test.errors == "" && said != "" || test.broken == "" && broken != "" {
					t.Errorf("%s: program %q, errors %q, broken %q", key, p.Plain, said, broken)
				}
			}
		})
	}
}

// TestLimitsGrow keeps the limits of a class within what its units may take.
func TestTooOld(t *testing.T) {
	for _, test := range []struct {
		version, own string
		old          bool
	}{
		{"go1.22.12", "go1.26.8", true},
		{"go1.19", "go1.26.0", true},
		{"", "go1.26.0", true},
		{"go1.26.0", "go1.26.8", false},
		{"go1.27rc1", "go1.26.8", false},
		{"devel go1.28-1234", "go1.26.8", false},
		{"go1.22.12", "devel", false},
	} {
		if got := (&toolchain{version: test.version}).tooOld(test.own); got != test.old {
			t.Errorf("%q for a grader of %s: %v", test.version, test.own, got)
		}
	}
}

func TestNoCompilerForRaces(t *testing.T) {
	dir := t.TempDir()
	if err := compilerOf(dir); err == nil || !strings.HasPrefix(err.Error(), "the race detector needs a C compiler: install ") {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"gcc", "clang"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := compilerOf("/nonexistent" + string(filepath.ListSeparator) + dir); err != nil {
		t.Error(err)
	}
}

func TestLimitsGrow(t *testing.T) {
	one, many := Request{}.limits(1), Request{}.limits(60)
	if one.CPU > 30*time.Second || one.Memory > 1<<30 {
		t.Errorf("one unit gets %v and %d bytes", one.CPU, one.Memory)
	}
	if many.CPU <= one.CPU || many.Memory < one.Memory || many.CPU > 60*one.CPU {
		t.Errorf("sixty units get %v and %d bytes", many.CPU, many.Memory)
	}
	if own := (Request{Limits: box.Limits{CPU: time.Second}}).limits(1); own.CPU != time.Second || own.Memory != one.Memory {
		t.Errorf("a limit of its own gives %+v", own)
	}
}

// TestBlameless keeps what the machine lacks from being a unit's fault, and a unit's
// fault from being the machine's.
func TestBlameless(t *testing.T) {
	tool, err := findToolchain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Course: "../../..", Dir: t.TempDir()}
	if err := tool.layOut(&r); err != nil {
		t.Fatal(err)
	}
	u := Unit{Key: "one", Shown: "exercises/one"}
	for line, blamed := range map[string]bool{
		"exercises/one/main.go:3:1: no space left on device is not defined":    true, // whatever a student calls things
		"runtime.main_main·f: function main is undeclared in the main package": true, // names no place, and the control builds
		"write /tmp/a.out: no space left on device":                            false,
	} {
		if err := blameless(t.Context(), r, tool, u, "plain", []string{line}); (err == nil) != blamed {
			t.Errorf("%s: %v", line, err)
		}
	}
	// A machine on which nothing can be built.
	if err := os.Remove(r.Dir + "/mp"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(r.Dir+"/mp", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Dir+"/mp/broken.go", []byte("package"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(r.Dir + "/plain/control"); err != nil {
		t.Fatal(err)
	}
	if err := blameless(t.Context(), r, tool, u, "plain", []string{"something unheard of"}); err == nil {
		t.Error("a unit is blamed where the control does not build either")
	}
}

// TestForeignHome is root's call with the HOME of somebody who keeps the go command, and
// what it has built, from others.
func TestForeignHome(t *testing.T) {
	const said = "mp/codec.go:7:2: package hash/fnv is not in std (/go/src/hash/fnv)\n"
	home := t.TempDir()
	program := filepath.Join(home, "bin", "go")
	if err := errors.Join(os.Mkdir(filepath.Dir(program), 0o755), os.WriteFile(program, nil, 0o755)); err != nil {
		t.Fatal(err)
	}
	tool := &toolchain{cache: home}
	if got := tool.because(said).Error(); got != strings.TrimSpace(said) || barred(program) != "" {
		t.Errorf("of one's own: %q, %q", got, barred(program))
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	if err := errors.Join(os.Chmod(home, 0o750), os.Chown(home, 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	if got := tool.because(said).Error(); !strings.Contains(got, home+" belongs to user 12345") || !strings.Contains(got, "sudo -H") {
		t.Errorf("somebody else's: %q", got)
	}
	if got := barred(program); got != home {
		t.Errorf("%q is closed, not %s", got, home)
	}
}
