//go:build !portable

package box

import (
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/reexec"
)

// filledMemory makes a file without a name with so many megabytes.
func filledMemory(megabytes int) int {
	fd, err := unix.MemfdCreate("m", 0)
	if err != nil {
		panic(err)
	}
	fill(fd, megabytes)
	return fd
}

func fill(fd, megabytes int) {
	block := make([]byte, 1<<20)
	for range megabytes {
		if _, err := unix.Write(fd, block); err != nil {
			panic(err)
		}
	}
}

// mapped maps a file, or with -1 memory that children would share.
func mapped(fd, length, flags int) []byte {
	m, err := unix.Mmap(fd, 0, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|flags)
	if err != nil {
		panic(err)
	}
	return m
}

func init() {
	forever := func() int { time.Sleep(time.Hour); return 0 }
	for name, role := range map[string]func([]string) int{
		"outside-kept": func([]string) int { filledMemory(200); return forever() },
		"outside-passed": func([]string) int { // on its way in a socket
			ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			if err != nil {
				return 1
			}
			for i := range 10 {
				fd := filledMemory(20)
				if unix.Sendmsg(ends[0], []byte{1}, unix.UnixRights(fd), nil, 0) != nil {
					return 1
				}
				time.Sleep(60 * time.Millisecond << min(i, 5)) // long enough to be seen, at last where looks are slow, too
				unix.Close(fd)
			}
			return forever()
		},
		"outside-unnamed": func([]string) int { // in the folder it may write to
			f, err := os.Create("file")
			if err != nil || os.Remove("file") != nil {
				return 1
			}
			fill(int(f.Fd()), 200)
			return forever()
		},
		"outside-named": func([]string) int {
			for i := range 20 {
				f, err := os.Create(fmt.Sprint("file", i))
				if err != nil {
					return 1
				}
				fill(int(f.Fd()), 10)
				f.Close()
			}
			return forever()
		},
		"outside-linked": func([]string) int { // once, under two names of which one goes
			f, err := os.Create("file")
			if err != nil || os.Link("file", "other") != nil || os.Link("file", "third") != nil || os.Remove("file") != nil {
				return 1
			}
			fill(int(f.Fd()), 40)
			time.Sleep(300 * time.Millisecond) // for looks to come by
			return 0
		},
		"outside-left": func([]string) int { // and gone before anybody looks
			f, err := os.Create("file")
			if err != nil {
				return 1
			}
			fill(int(f.Fd()), 70)
			return 0
		},
		"outside-closed": func([]string) int {
			fd := filledMemory(100)
			mapped(fd, 4096, 0)
			unix.Close(fd)
			return forever()
		},
		"outside-anonymous": func([]string) int {
			m := mapped(-1, 100<<20, unix.MAP_ANON)
			for i := 0; i < len(m); i += 1 << 20 {
				for j := i; j < i+1<<20; j += 4096 {
					m[j] = 1
				}
				if unix.Madvise(m[i:i+1<<20], unix.MADV_DONTNEED) != nil {
					return 1
				}
			}
			return forever()
		},
		"outside-hidden": func([]string) int {
			if unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) != nil {
				return 1
			}
			filledMemory(100)
			return forever()
		},
		"outside-arena": func([]string) int { // as honest programs share memory: large, and hardly used
			fd, err := unix.MemfdCreate("m", unix.MFD_CLOEXEC)
			if err != nil || unix.Ftruncate(fd, 1<<30) != nil {
				return 1
			}
			m := mapped(fd, 1<<30, 0)
			time.Sleep(300 * time.Millisecond) // for looks to come by
			for i := 0; i < 30<<20; i += 4096 {
				m[i] = 1
			}
			time.Sleep(300 * time.Millisecond)
			return 0
		},
	} {
		roles[name] = role
	}
}

// TestMemoryInNoProcess hides memory in every way there is, where no control group
// counts it: the limit ends the run, or the run tells that not all was counted.
func TestMemoryInNoProcess(t *testing.T) {
	for _, place := range []Setup{{Tier: TierC}, {Tier: TierA, Unwatched: true}, {Tier: TierB, Unwatched: true}, {Tier: TierD}} {
		place.Program = self(t)
		t.Run("tier_"+string(place.Tier), func(t *testing.T) {
			t.Parallel()
			b, err := open(t.Context(), place)
			if err != nil {
				t.Skip(err)
			}
			defer b.Close()
			for _, test := range []struct {
				role    string
				counted bool
				file    bool // in a folder of the host's: files have a limit of their own
			}{
				{"outside-kept", true, false},
				{"outside-passed", true, false},
				{"outside-unnamed", true, true},
				{"outside-named", true, true},
				{"outside-left", true, true},
				{"outside-closed", false, false},
				{"outside-anonymous", false, false},
				{"outside-hidden", false, false},
			} {
				if test.file && private(place.Tier) {
					continue
				}
				limits := Limits{Memory: 64 << 20, Wall: time.Minute}
				if !test.counted { // it may go on until its time is over
					limits.Wall = 1500 * time.Millisecond
				}
				o, err := b.Run(t.Context(), Command{Args: []string{test.role}, Env: []string{reexec.AtOnce}, Limits: limits})
				if err != nil {
					t.Fatal(err)
				}
				hit := o.Exceeded != nil && o.Exceeded.Limit == map[bool]string{false: "memory", true: "file size"}[test.file]
				if !hit && o.Uncounted == "" || test.counted && !hit {
					t.Errorf("%s: hit %+v, uncounted %q, memory %d", test.role, o.Exceeded, o.Uncounted, o.Memory>>20)
				}
			}
			// A file is not counted twice, nor is what is mapped of one, and what is not
			// used not at all.
			if !private(place.Tier) {
				o, err := b.Run(t.Context(), Command{Args: []string{"outside-linked"}, Env: []string{reexec.AtOnce}, Limits: Limits{FileSize: 64 << 20}})
				if err != nil || o.Exceeded != nil || o.Exit != (Exit{}) {
					t.Errorf("a file of two names: %v, %+v", err, o)
				}
			}
			o, err := b.Run(t.Context(), Command{Args: []string{"outside-arena"}, Env: []string{reexec.AtOnce}, Limits: Limits{Memory: 64 << 20}})
			if err != nil {
				t.Fatal(err)
			}
			if o.Exceeded != nil || o.Uncounted != "" || o.Exit != (Exit{}) || o.Memory < 30<<20 {
				t.Errorf("an honest program: hit %+v, uncounted %q, exit %v, memory %d", o.Exceeded, o.Uncounted, o.Exit, o.Memory>>20)
			}
		})
	}
}
