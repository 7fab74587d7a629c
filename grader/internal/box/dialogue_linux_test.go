//go:build !portable

package box

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	// ask greets whoever tells it a name, until there are no more; with a word, it gives up
	// at that name.
	roles["ask"] = func(args []string) int {
		in := bufio.NewScanner(os.Stdin)
		for fmt.Print("name? "); in.Scan(); fmt.Print("name? ") {
			if len(args) > 0 && in.Text() == args[0] {
				fmt.Print("enough")
				return 4
			}
			fmt.Printf("hello %s\n", in.Text())
		}
		fmt.Println("bye")
		return 0
	}
}

func expect(text string) Turn  { return Turn{Expect: text} }
func line(pattern string) Turn { return Turn{Line: regexp.MustCompile(pattern)} }
func send(text string) Turn    { return Turn{Send: text} }

// TestDialogue says to a program what it is to be told once it has printed what comes
// before, and wants to know how far that came where it does not end well.
func TestDialogue(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		long := strings.Repeat("x", 1<<20)
		for name, test := range map[string]struct {
			args     []string
			dialogue []Turn
			signals  []Signal
			made     int
			since    string
			exit     Exit
			limit    string
		}{
			"to its end":                  {[]string{"ask"}, []Turn{expect("name? "), send("Ada\n"), line("^hello A.a$"), expect("? "), send("Bob\n"), expect("hello Bob\nname? ")}, nil, 6, "bye\n", Exit{}, ""},
			"more is sent than asked for": {[]string{"ask"}, []Turn{send("Ada\n"), send("Bob\n"), expect("hello Bob")}, nil, 3, "\nname? bye\n", Exit{}, ""},
			"the last line has no end":    {[]string{"ask", "Ada"}, []Turn{send("Ada\n"), line("enough$")}, nil, 2, "", Exit{Code: 4}, ""},
			"it ends before":              {[]string{"ask", "Bob"}, []Turn{expect("name?"), send("Bob\n"), expect("hello Bob"), send("Cyd\n")}, nil, 2, " enough", Exit{Code: 4}, ""},
			"what stands before":          {[]string{"ask", "Bob"}, []Turn{send("Ada\nBob\n"), line("hello"), line("^name. $")}, nil, 2, "name? enough", Exit{Code: 4}, ""},
			"it never answers":            {[]string{"ask"}, []Turn{expect("name? "), send("Ada\n"), expect("Hello Ada"), send("Bob\n")}, nil, 2, "hello Ada\nname? ", Exit{Signal: 9}, "wall"},
			"it does not read":            {[]string{"hello", "box"}, []Turn{expect("hello"), send(long), send(long), line("box")}, nil, 4, "", Exit{Code: 3}, ""},
			"it neither reads nor ends":   {[]string{"sleep", "1h"}, []Turn{send(long), expect("more")}, nil, 1, "", Exit{Signal: 9}, "wall"},
			"and signals":                 {[]string{"ask"}, []Turn{send("Ada\n"), expect("Ada")}, []Signal{{Number: syscall.SIGTERM, After: "bye"}}, 2, "\nname? bye\n", Exit{}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				if test.limit != "" && testing.Short() {
					t.Skip("it waits for a limit")
				}
				c := command(t, test.args...)
				c.Tier, c.Dialogue, c.Signals = tier, test.dialogue, test.signals
				if test.limit != "" {
					c.Limits.Wall = time.Second
				}
				o := run(t, c)
				limit := ""
				if o.Exceeded != nil {
					limit = o.Exceeded.Limit
				}
				if d := o.Dialogue; d.Made != test.made || string(d.Since) != test.since || limit != test.limit || o.Exit != test.exit && len(test.signals) == 0 {
					t.Errorf("made %d, %q since, %+v, %q, %q", d.Made, d.Since, o.Exit, limit, o.Stdout.Bytes)
				}
			})
		}
	})
}

// TestDialoguesThatCantBe are refused before anything runs.
func TestDialoguesThatCantBe(t *testing.T) {
	for text, c := range map[string]Command{
		"takes the place": {Stdin: []byte{}, Dialogue: []Turn{expect("x")}},
		"another reads":   {Stdout: os.Stderr, Dialogue: []Turn{expect("x")}},
	} {
		if err := dialogueFits(c); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %s", err, text)
		}
	}
}

// TestTextsInPieces: what is looked for is found however it comes, each behind the one
// before.
func TestTextsInPieces(t *testing.T) {
	for _, test := range []struct {
		printed string
		want    int
		left    int // behind the last
	}{
		{"re|ady", 1, 5}, {"ready|", 1, 5}, {"|r|e|a|d|y|go", 2, 7}, {"ready go ready", 3, 14}, {"go ready", 1, 8}, {"rready", 1, 6}, {"rea|dready", 1, 9}, {"read", 0, 0},
		{"ready g|o re|a|d|y ready", 3, 14}, {"readygoread|y", 3, 12}, {"", 0, 0},
		{"ready go ready 1|2\n", 4, 18}, {"readygoready\nx 12\n1|2|\n3", 4, 21}, {"readygoready12", 4, 15},
	} {
		found := 0
		l := sought{wanted: []wanted{{text: []byte("ready")}, {text: []byte("go")}, {text: []byte("ready")}, {line: regexp.MustCompile(`^ ?\d+$`)}}, found: func() { found++ }}
		for piece := range strings.SplitSeq(test.printed, "|") {
			l.look([]byte(piece))
		}
		l.end()
		if found != test.want || l.left != test.left {
			t.Errorf("%q: found %d up to %d, want %d, %d", test.printed, found, l.left, test.want, test.left)
		}
	}
}
