package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockstep/grader/internal/box"
)

func TestMain(m *testing.M) {
	box.Init()
	os.Exit(m.Run())
}

// visible makes a folder that is not below the temporary one: a box has a /tmp of
// its own, which would hide from git what it must not read anyway.
func visible(t *testing.T) string {
	t.Helper()
	temporary, _ := filepath.EvalSymlinks(os.TempDir())
	home, _ := os.UserHomeDir()
	for _, place := range []string{"/var/tmp", "/dev/shm", home, "."} {
		dir, err := os.MkdirTemp(place, ".lockstep-git-")
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

// git runs git as a student does.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=s", "-c", "user.email=s@example.org", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, said)
	}
	return strings.TrimSpace(string(said))
}

// commits makes a repository with two commits of one file, the later of which holds
// text.
func commits(t *testing.T, dir, text string, initial ...string) {
	t.Helper()
	git(t, filepath.Dir(dir), append([]string{"init", "-q", "-b", "main", dir}, initial...)...)
	for _, text := range []string{"first try", text} {
		write(t, filepath.Join(dir, "work.txt"), text)
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-q", "-m", text)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// instead puts a link where something of a repository was.
func instead(t *testing.T, name, target string) {
	t.Helper()
	err := os.RemoveAll(name)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if err == nil {
		err = os.Symlink(target, name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestHandedIn asks repositories for the file that their last commit holds. Each
// of those that try to hold alice's is refused with the reason, or is asked without
// what it tries having an effect.
func TestHandedIn(t *testing.T) {
	const theirs, own = "alice's work", "own work"
	class := visible(t)
	alice := filepath.Join(class, "alice")
	commits(t, alice, theirs)
	commit := git(t, alice, "rev-parse", "HEAD")
	commits(t, class, theirs) // the class's folder lies in a repository, too
	objects := filepath.Join(alice, ".git", "objects")

	tests := map[string]struct {
		make func(t *testing.T, dir string)
		want string // what is read, or a part of why not
	}{
		"plain":    {func(t *testing.T, dir string) { commits(t, dir, own) }, own},
		"detached": {func(t *testing.T, dir string) { commits(t, dir, own); git(t, dir, "checkout", "-q", "--detach") }, own},
		"packed": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			git(t, dir, "gc", "-q")
			git(t, dir, "pack-refs", "--all")
		}, own},
		"sha256": {func(t *testing.T, dir string) { commits(t, dir, own, "--object-format=sha256") }, own},
		"shallow": {func(t *testing.T, dir string) {
			commits(t, dir+"-source", own)
			git(t, class, "clone", "-q", "--depth=1", "file://"+dir+"-source", dir)
		}, own},
		"bare": {func(t *testing.T, dir string) {
			commits(t, dir+"-source", own)
			git(t, class, "clone", "-q", "--bare", dir+"-source", dir)
		}, own},

		"nobody else's to read": {func(t *testing.T, dir string) { commits(t, dir, own); forOneself(t, dir) }, own},

		".git is a file": {func(t *testing.T, dir string) { write(t, dir+"/.git", "gitdir: ../alice/.git\n") }, "no folder but a file"},
		".git is a link": {func(t *testing.T, dir string) { write(t, dir+"/x", ""); instead(t, dir+"/.git", alice+"/.git") }, ".git is a link"},
		"a worktree":     {func(t *testing.T, dir string) { git(t, alice, "worktree", "add", "-q", dir) }, "no folder but a file"},
		"a common folder": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/commondir", "../../alice/.git\n")
		}, "worktree"},
		"alternates": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/objects/info/alternates", objects+"\n")
		}, "alternates"},
		"alternates of a bare": {func(t *testing.T, dir string) { git(t, class, "clone", "-q", "--bare", "--shared", alice, dir) }, "alternates"},
		"alternates by HTTP": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/objects/info/http-alternates", objects+"\n")
		}, "alternates"},
		"objects are a link": {func(t *testing.T, dir string) { commits(t, dir, own); instead(t, dir+"/.git/objects", objects) }, ".git/objects is a link"},
		"packs are a link": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			instead(t, dir+"/.git/objects/pack", objects+"/pack")
		}, "objects/pack is a link"},
		"an object is a link": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			instead(t, dir+"/.git/objects/aa/"+commit[2:], objects)
		}, "is a link"},
		"a link within itself": {func(t *testing.T, dir string) { commits(t, dir, own); instead(t, dir+"/.git/objects/ff", "../objects") }, "is a link"},
		"branches are a link":  {func(t *testing.T, dir string) { commits(t, dir, own); instead(t, dir+"/.git/refs", alice+"/.git/refs") }, ".git/refs is a link"},
		"a branch is a link": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			instead(t, dir+"/.git/refs/heads/main", alice+"/.git/refs/heads/main")
		}, "heads/main is a link"},
		"packed branches, a link": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			instead(t, dir+"/.git/packed-refs", alice+"/.git/packed-refs")
		}, "packed-refs is a link"},
		"HEAD is a link":      {func(t *testing.T, dir string) { commits(t, dir, own); instead(t, dir+"/.git/HEAD", alice+"/.git/HEAD") }, "HEAD is a link"},
		"HEAD is a pipe":      {func(t *testing.T, dir string) { commits(t, dir, own); pipe(t, dir+"/.git/HEAD") }, "HEAD is no plain file"},
		"an object is a pipe": {func(t *testing.T, dir string) { commits(t, dir, own); pipe(t, dir+"/.git/objects/"+commit[:2]+"/x") }, "is no plain file"},
		"HEAD climbs": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/HEAD", "ref: ../../alice/.git/refs/heads/main\n")
		}, "can't be read"},
		"a branch climbs": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/refs/heads/main", "ref: refs/../../../alice/.git/HEAD\n")
		}, "can't be read"},
		"a commit it has not": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			write(t, dir+"/.git/refs/heads/main", commit+"\n")
		}, "can't be read"},
		"no repository in .git": {func(t *testing.T, dir string) { write(t, dir+"/.git/x", "") }, "can't be read"},
		"damaged": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			os.RemoveAll(dir + "/.git/objects")
			write(t, dir+"/.git/objects/x", "")
		}, "can't be read"},
		"objects are a file": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			os.RemoveAll(dir + "/.git/objects")
			write(t, dir+"/.git/objects", "")
		}, "can't be read"},
		"no text for a settings": {func(t *testing.T, dir string) { commits(t, dir, own); write(t, dir+"/.git/config", "[\x00\xff") }, own},
		"a link among its hooks": {func(t *testing.T, dir string) { commits(t, dir, own); instead(t, dir+"/.git/hooks", "../..") }, own},
		"settings that run things": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			git(t, dir, "config", "core.fsmonitor", "touch "+class+"/ran")
		}, own},
		"settings of another": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			git(t, dir, "config", "include.path", alice+"/.git/config")
			git(t, dir, "config", "core.worktree", alice)
			git(t, dir, "config", "extensions.worktreeConfig", "true")
		}, own},
		"another lends objects": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			git(t, dir, "config", "remote.alice.url", alice)
			git(t, dir, "config", "remote.alice.promisor", "true")
			git(t, dir, "config", "extensions.partialClone", "alice")
			write(t, dir+"/.git/refs/heads/main", commit+"\n")
		}, "can't be read"},
		"replaced": {func(t *testing.T, dir string) {
			commits(t, dir, own)
			git(t, dir, "replace", "HEAD", "HEAD~1")
		}, own},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(class, strings.NewReplacer(" ", "-", ".", "", ",", "").Replace(name))
			test.make(t, dir)
			room := t.TempDir()
			r, why, err := HandedIn(dir, room)
			if err != nil {
				t.Fatal(err)
			}
			if why != "" {
				check(t, "", why, test.want, class, room)
				return
			}
			for _, tier := range tiers(t) {
				r.tier = tier
				said, why, err := r.Ask(t.Context(), nil, "cat-file", "blob", "HEAD:work.txt")
				if err != nil {
					t.Fatalf("tier %q: %v", tier, err)
				}
				check(t, string(said), why, test.want, class, room)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(class, "ran")); err == nil {
		t.Error("a repository's settings were obeyed")
	}
}

// forOneself lets nobody but its owner read a repository, who is another than root.
func forOneself(t *testing.T, dir string) {
	t.Helper()
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil {
			err = os.Chmod(name, info.Mode().Perm()&0o700)
		}
		if err == nil && os.Geteuid() == 0 {
			err = os.Chown(name, 65534, 65534)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pipe(t *testing.T, name string) {
	t.Helper()
	os.Remove(name)
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = syscall.Mkfifo(name, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// check wants the work or the reason, without a path of this machine in it.
func check(t *testing.T, said, why, want string, paths ...string) {
	t.Helper()
	if said+why == "" || said != want && !strings.Contains(why, want) {
		t.Errorf("got %q, %q, want %q", said, why, want)
	}
	for _, path := range paths {
		if strings.Contains(why, path) {
			t.Errorf("the reason tells a path of this machine: %s", why)
		}
	}
}

// tiers are the strongest that this machine has, and weaker ones that it has too.
func tiers(t *testing.T) []box.Tier {
	found := []box.Tier{""}
	for _, tier := range []box.Tier{box.TierC, box.TierD} {
		b, err := box.Open(t.Context(), box.Setup{Program: "/proc/self/exe", Tier: tier})
		if err == nil {
			b.Close()
			found = append(found, tier)
		}
	}
	return found
}

// TestGitSeesOneRepository lets a repository lead to another one when it has been
// looked at already: where the box hides files, or refuses them, git can't follow.
func TestGitSeesOneRepository(t *testing.T) {
	class := visible(t)
	alice, mallory := filepath.Join(class, "alice"), filepath.Join(class, "mallory")
	commits(t, alice, "alice's work")
	commits(t, mallory, "own work")
	r, why, err := HandedIn(mallory, t.TempDir())
	if err != nil || why != "" {
		t.Fatal(why, err)
	}
	write(t, filepath.Join(mallory, ".git", "objects", "info", "alternates"), filepath.Join(alice, ".git", "objects")+"\n")
	blob := git(t, alice, "rev-parse", "HEAD:work.txt")
	for _, tier := range tiers(t) {
		r.tier = tier
		said, why, err := r.Ask(t.Context(), nil, "cat-file", "blob", blob)
		if err != nil {
			t.Fatal(err)
		}
		if hidden := why != ""; hidden == (tier == box.TierD) {
			t.Errorf("tier %q: read %q (%s)", tier, said, why)
		}
	}
}
