package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"lockstep/grader/internal/box"
)

// toolchain is the Go installation that builds, and where it keeps things.
type toolchain struct {
	goroot, modcache, cache, version string
}

// Toolchain names the compiler that Run uses: where it is and its version.
func Toolchain(ctx context.Context) (string, error) {
	t, err := findToolchain(ctx)
	if err != nil {
		return "", err
	}
	return t.goroot + " " + t.version, nil
}

// findToolchain asks `go env` once per process.
var findOnce = struct {
	sync.Mutex
	found *toolchain
}{}

func findToolchain(ctx context.Context) (*toolchain, error) {
	findOnce.Lock()
	defer findOnce.Unlock()
	if findOnce.found != nil {
		return findOnce.found, nil
	}
	own, _, _ := strings.Cut(runtime.Version(), " ")
	needed := strings.TrimPrefix(version.Lang(own), "go")
	name, err := lookPath("go", os.Getenv("PATH"))
	if err != nil {
		return nil, fmt.Errorf("cannot build: there is no go command: install Go %s or later, from https://go.dev/dl (%w)", needed, err)
	}
	found, err := ask(ctx, name)
	if err != nil {
		return nil, err
	}
	if found.tooOld(own) {
		// In a module that wants a later one, this go command takes that in its place.
		if other, err := ask(ctx, name, "GOTOOLCHAIN="+own); err == nil {
			found = other
		}
	}
	if found.tooOld(own) {
		return nil, fmt.Errorf("cannot build: the course needs Go %s or later, and %s is %s: put a later one first on PATH, from https://go.dev/dl",
			needed, name, cmp.Or(found.version, "older than go1.16"))
	}
	if err := found.homed(); err != nil {
		return nil, fmt.Errorf("cannot build: %w", err)
	}
	findOnce.found = found
	return found, nil
}

// ask asks a go command about itself.
func ask(ctx context.Context, name string, env ...string) (*toolchain, error) {
	o, err := box.Run(ctx, box.Command{
		Program:  name,
		Args:     []string{"env", "GOROOT", "GOMODCACHE", "GOCACHE", "GOVERSION"},
		Env:      append(os.Environ(), env...),
		Dir:      os.TempDir(),
		ReadOnly: []string{"/"}, // the toolchain itself, before any submission is near
		Limits:   limits,
	})
	if dir := barred(name); err != nil && dir != "" {
		err = fmt.Errorf("%s is closed to others than user %d, and nothing is built with root's privileges: %s (%w)", dir, ownerOf(dir), asOwner, err)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot run go env: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(o.Stdout.Bytes), "\n"), "\n")
	if o.Exit != (box.Exit{}) || len(lines) != 4 {
		return nil, fmt.Errorf("cannot run go env: %s", o.Stderr.Bytes)
	}
	return &toolchain{goroot: lines[0], modcache: lines[1], cache: lines[2], version: lines[3]}, nil
}

// tooOld says whether a toolchain can't know the language that the grader itself, which
// is of the course's module, was built with. Very old ones don't tell their version.
func (t *toolchain) tooOld(own string) bool {
	return version.IsValid(own) && (t.version == "" || version.IsValid(t.version) && version.Compare(version.Lang(t.version), version.Lang(own)) < 0)
}

// searchPath is where the compiler looks for those that it needs.
const searchPath = "/usr/local/bin:/usr/bin:/bin"

// RaceDetector says why nothing can be built with the race detector here; nil: it can.
func RaceDetector() error { return compilerOf(searchPath) }

func compilerOf(path string) error {
	name := "gcc"
	if runtime.GOOS == "darwin" {
		name = "clang"
	}
	if _, err := lookPath(name, path); err != nil {
		return fmt.Errorf("the race detector needs a C compiler: install %s (%w)", name, err)
	}
	return nil
}

// homed says what the go command has no place for.
func (t *toolchain) homed() error {
	const cure = "set HOME to a folder that you may write to, or GOCACHE and GOMODCACHE to two"
	if t.modcache == "" || t.cache == "" || t.cache == "off" {
		return errors.New("the go command knows no folder for what it keeps: " + cure)
	}
	if err := os.MkdirAll(t.cache, 0o755); err != nil {
		return fmt.Errorf("the go command can't keep what it builds: %s (%w)", cure, err)
	}
	return nil
}

// environment is everything that the compiler sees: nothing of the student's,
// nothing from the network, no other toolchain, and cgo only for the race
// detector, without anybody's flags. It names no temporary folder: the box knows
// which one may be written to.
func (t *toolchain) environment(variant string) []string {
	env := []string{
		"HOME=/nonexistent", "PATH=" + searchPath,
		"GOROOT=" + t.goroot, "GOMODCACHE=" + t.modcache,
		"GOPROXY=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOENV=off",
		"GOTELEMETRY=off", "GOVCS=*:off",
		"GOGC=400", // the compiler is short-lived: a sixth less work for some more memory
	}
	if variant == "race" {
		return append(env, "CGO_ENABLED=1", "CGO_CFLAGS=", "CGO_CPPFLAGS=", "CGO_CXXFLAGS=", "CGO_FFLAGS=", "CGO_LDFLAGS=")
	}
	return append(env, "CGO_ENABLED=0")
}

// readable is what of the machine the compiler needs to see.
func (t *toolchain) readable() []string {
	return []string{t.goroot, t.modcache, "/usr", "/bin", "/lib", "/lib64", "/etc"}
}

// compile runs one `go build` for the units. `go build` stops before it
// compiles anything when one package can't even be loaded; then the units are
// built again one by one, so that a student's slip is nobody else's. So are those
// that were not made when the compiler had to be stopped: only one of them may be
// a bomb.
func compile(ctx context.Context, r Request, t *toolchain, units []Unit, variant string, programs map[string]*Program) error {
	if len(units) == 0 {
		return nil
	}
	said, hit, err := goBuild(ctx, r, t, units, variant)
	if err != nil {
		return err
	}
	made := 0
	for _, u := range units {
		name := filepath.Join(r.Dir, variant, u.Key)
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			programs[u.Key].set(variant, name)
			made++
			continue
		}
		programs[u.Key].Errors = linesFor(said, u)
	}
	if len(units) == 1 && made == 0 {
		u := units[0]
		p := programs[u.Key]
		switch {
		case tooSlow(hit):
			p.Broken = fmt.Errorf("cannot build %s: %s, though it was not much to do: this machine is too slow or too busy", u.Key, stopped(hit))
		case hit == nil:
			p.Broken = blameless(ctx, r, t, u, variant, p.Errors)
		}
		if p.Broken != nil {
			p.Errors = nil
			return nil
		}
	}
	if made > 0 && hit == nil || len(units) == 1 {
		for _, u := range units {
			if p := programs[u.Key]; p.get(variant) == "" && len(p.Errors) == 0 {
				return fmt.Errorf("cannot build %s: go build said: %s", u.Key, strings.TrimSpace(said))
			}
		}
		return nil
	}
	for _, u := range units {
		if programs[u.Key].get(variant) != "" {
			continue
		}
		programs[u.Key].Errors = nil
		if err := compile(ctx, r, t, []Unit{u}, variant, programs); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) set(variant, name string) {
	if variant == "race" {
		p.Race = name
		return
	}
	p.Plain = name
}

func (p *Program) get(variant string) string {
	if variant == "race" {
		return p.Race
	}
	return p.Plain
}

// Compiling are the flags that what is compiled depends on. The Makefile builds the grader with
// them, too, so that what both import is compiled once. Nothing is written for a debugger,
// which is a tenth of the work; what a panic prints of its place comes from elsewhere.
const Compiling = "-trimpath -gcflags=all=-dwarf=false"

// flags of every build. No table of symbols is written, which makes linking quicker.
var flags = append(strings.Fields(Compiling), "-ldflags=-s -w")

// goBuild returns what the compiler said, and the limit at which it had to be stopped;
// whether each unit was built is seen from the files it left.
func goBuild(ctx context.Context, r Request, t *toolchain, units []Unit, variant string) (said string, hit *box.LimitExceeded, err error) {
	out := filepath.Join(r.Dir, variant)
	folders, writable := t.cache, []string{out}
	if !t.hasFolders() {
		folders = filepath.Join(r.Dir, "cache")
		writable = append(writable, folders)
	}
	for _, dir := range writable {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", nil, fmt.Errorf("cannot lay out the build: %w", t.because(err.Error()))
		}
	}
	args := append([]string{"build", "-o", out + string(filepath.Separator)}, flags...)
	if variant == "race" {
		args = append(args, "-race")
	}
	for _, u := range units {
		args = append(args, "./u/"+u.Key)
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("cannot serve the build cache: %w", err)
	}
	program, err := helper(self, t.cache)
	if err != nil {
		return "", nil, err
	}
	o, err := box.Run(ctx, box.Command{
		Program:  filepath.Join(t.goroot, "bin", "go"),
		Args:     args,
		Env:      append(t.environment(variant), "GOCACHE="+folders, "GOCACHEPROG="+program),
		Dir:      r.Dir,
		ReadOnly: append(t.readable(), r.Dir, t.cache, self),
		Writable: writable,
		Limits:   r.limits(len(units)),
		Tier:     r.Tier,
	})
	if err != nil {
		return "", nil, fmt.Errorf("cannot run go build: %w", err)
	}
	if o.Exceeded != nil {
		return stopped(o.Exceeded) + "\n" + string(o.Stderr.Bytes), o.Exceeded, nil
	}
	return string(o.Stderr.Bytes), nil, nil
}

// linesFor picks a unit's lines from the compiler's output, in which every
// package's errors follow a line "# module/path", and names the student's own
// folder in them.
func linesFor(said string, u Unit) []string {
	const module = "lockstep/"
	var out []string
	own, headed := false, false
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if name, isHeader := strings.CutPrefix(line, "# "); isHeader {
			own, headed = name == module+"u/"+u.Key, true
			continue
		}
		if line != "" && (own || !headed || strings.HasPrefix(strings.TrimPrefix(line, "./"), "u/"+u.Key+"/")) {
			line = strings.TrimPrefix(line, "./")
			line = strings.ReplaceAll(line, "u/"+u.Key+"/", strings.TrimSuffix(u.Shown, "/")+"/")
			out = append(out, line)
		}
	}
	return out
}
