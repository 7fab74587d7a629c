package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// control is a program that always builds: where it does not, the machine can't
// build, and nobody's program is to blame.
var control = Unit{Key: "control", Files: map[string][]byte{
	"main.go": []byte("package main\n\nimport \"lockstep/mp\"\n\nfunc main() { mp.Main(func() error { return nil }) }\n"),
}}

// blameless says why it was not for its own sake that a unit did not build; nil
// means that it was. Lines that name places in its files are the compiler's words
// about it. Without any, the control is built in its place.
func blameless(ctx context.Context, r Request, t *toolchain, u Unit, variant string, lines []string) error {
	place := regexp.MustCompile(`^` + regexp.QuoteMeta(strings.TrimSuffix(u.Shown, "/")) + `/[^/:]+:[0-9]+`)
	for _, line := range lines {
		if place.MatchString(line) {
			return nil
		}
	}
	said := strings.Join(lines, "\n")
	if !strings.Contains(said, fullDisk) {
		for name, text := range control.Files {
			if err := write(filepath.Join(r.Dir, "u", control.Key, name), text); err != nil {
				return fmt.Errorf("cannot build any program: %w", t.because(err.Error()))
			}
		}
		var err error
		if said, _, err = goBuild(ctx, r, t, []Unit{control}, variant); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(r.Dir, variant, control.Key)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("cannot build any program: %w", t.because(said))
}

// fullDisk is how the kernel puts it.
const fullDisk = "no space left on device"

// because is what the go command said, with the cause and its cure where they are
// known.
func (t *toolchain) because(said string) error {
	said = strings.TrimSpace(said)
	// What the go command can't keep of its own library, it takes for missing.
	if owner := ownerOf(t.cache); owner != os.Geteuid() && strings.Contains(said, " is not in std ") {
		return fmt.Errorf("%s belongs to user %d, and nothing is built with root's privileges: %s (%s)", t.cache, owner, asOwner, lastLine(said))
	}
	for _, known := range []struct{ words, cure string }{
		{fullDisk, "there is no room left for temporary files: make some, or set TMPDIR to a folder that has 1 GB"},
		{"GOPROXY=off", "the course's modules are not in " + t.modcache + ": run `go mod download` in the course's folder"},
		{"go: downloading", "the course's modules are not in " + t.modcache + ": run `go mod download` in the course's folder"},
		{"fork/exec", "programs can't be started from temporary files: set TMPDIR to a folder that is not mounted noexec"},
	} {
		if strings.Contains(said, known.words) {
			return fmt.Errorf("%s (%s)", known.cure, lastLine(said))
		}
	}
	return errors.New(said)
}

// asOwner is what root may do whose HOME is somebody else's.
const asOwner = "call it as that user, or by `sudo -H`, with a go command that everybody may start"

// ownerOf is the user whom a file or folder belongs to; a name that is not there, whoever asks.
func ownerOf(name string) int {
	if info, err := os.Stat(name); err == nil {
		return int(info.Sys().(*syscall.Stat_t).Uid)
	}
	return os.Geteuid()
}

// barred is the folder on the way to a file that nobody but another user may enter; "":
// there is none.
func barred(name string) string {
	name, err := filepath.EvalSymlinks(name)
	for dir := filepath.Dir(name); err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode()&0o001 == 0 && ownerOf(dir) != os.Geteuid() {
			return dir
		}
	}
	return ""
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }
