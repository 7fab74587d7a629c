//go:build !portable

package box

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

func init() {
	roles["takers"] = func(args []string) int { // two who take turns at a counter, in one of several ways
		var children []*exec.Cmd
		for range 2 {
			children = append(children, startRole(append([]string{"taker"}, args...)...))
		}
		for _, c := range children {
			c.Wait()
		}
		text, _ := os.ReadFile("counter")
		fmt.Print(string(text))
		return 0
	}
	roles["taker"] = func(args []string) int {
		switch args[0] {
		case "look": // and then create
			for _, err := os.Stat("lock"); err == nil; {
				_, err = os.Stat("lock")
			}
			os.WriteFile("lock", nil, 0o600)
		case "create":
			for {
				f, err := os.OpenFile("lock", os.O_CREATE|os.O_EXCL, 0o600)
				if err == nil {
					f.Close()
					break
				}
				if !errors.Is(err, fs.ErrExist) {
					return 1
				}
			}
		case "link": // a file that is there already
			own := fmt.Sprint("own", os.Getpid())
			os.WriteFile(own, nil, 0o600)
			for os.Link(own, "lock") != nil {
			}
		}
		text, _ := os.ReadFile("counter")
		n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		os.WriteFile("counter", []byte(fmt.Sprintln(n+1)), 0o600)
		os.Remove("lock")
		return 0
	}
}

// TestHolds forces the order in which two both look before either creates, and in which
// both read before either writes: every time, and not by luck.
func TestHolds(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		lock, counter := Step{Does: "create", Name: "lock"}, Step{Does: "write", Name: "counter"}
		for how, want := range map[string]string{"look": "1\n", "create": "2\n", "link": "2\n"} {
			c := command(t, "takers", how)
			c.Tier, c.Holds = tier, []Hold{{At: lock, Until: lock}, {At: counter, Until: counter}}
			seen := run(t, c)
			if seen.Unforced != "" {
				t.Skip(seen.Unforced)
			}
			if got := string(seen.Stdout.Bytes); got != want {
				t.Errorf("%s: got %q, want %q, with %+v", how, got, want, seen.Forced)
			}
			for i, f := range seen.Forced {
				met := f.By != 0 && f.By != f.PID
				if f.PID == 0 || met != (i == 0 || how == "look") {
					t.Errorf("%s: got %+v", how, f)
				}
			}
		}
	})
}

// TestHoldsInVain: nobody else comes, and the one that stands goes on.
func TestHoldsInVain(t *testing.T) {
	c := command(t, "taker", "create")
	c.Holds = []Hold{{At: Step{Does: "remove", Name: "*"}, Until: Step{Does: "write", Name: "nothing"}}, {At: Step{Does: "create", Name: "nothing"}, Until: Step{Does: "create", Name: "nothing"}}}
	seen := run(t, c)
	if seen.Unforced != "" {
		t.Skip(seen.Unforced)
	}
	if seen.Exit != (Exit{}) || seen.Exceeded != nil || len(seen.Forced) != 2 || seen.Forced[0].PID == 0 || seen.Forced[0].By != 0 || seen.Forced[1].PID != 0 {
		t.Errorf("got %+v, %+v, %+v", seen.Exit, seen.Exceeded, seen.Forced)
	}
}

// TestHoldsUnforced: where nobody is traced, it is told.
func TestHoldsUnforced(t *testing.T) {
	b, err := Open(t.Context(), Setup{Program: self(t), Polling: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := command(t, "taker", "create")
	c.Holds = []Hold{{At: Step{Does: "create", Name: "lock"}, Until: Step{Does: "create", Name: "lock"}}}
	seen, err := b.Run(t.Context(), c)
	if err != nil || seen.Unforced == "" || seen.Exit != (Exit{}) || !strings.Contains(seen.Untold(), "which process changes which file") {
		t.Errorf("got %+v, %v", seen, err)
	}
}
