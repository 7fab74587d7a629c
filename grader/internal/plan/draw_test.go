package plan

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

// drawnOf is a run of exercise 10 with what it leaves to the seed.
func drawnOf(t *testing.T, check string) func(seed uint64) *exercise.Run {
	t.Helper()
	e, err := exercise.Parse("e", []byte(head+check))
	if err != nil {
		t.Fatal(err)
	}
	e.ID = "10-lost-updates"
	return func(seed uint64) *exercise.Run {
		run, err := Drawn(e, &e.Checks[0], seed)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
}

// TestDrawsOfASeedStay: replays and kept verdicts name the seed of what was drawn, so that
// a seed must always draw the same.
func TestDrawsOfASeedStay(t *testing.T) {
	numbers := drawnOf(t, `  - {name: numbers, run: {args: ["{{int 1 9}}", "-{{int -5 5}}-{{int 100 900}}"], stdin: "{{int 0 1000000}}\n", env: {B: "{{int 1 9}}", A: "{{int 1 9}}"}}, stdout_from: solution}`)
	others := drawnOf(t, `  - {name: others, run: {args: ["{{word 3 8}}", "{{float -1 2.25 3}}", "{{pick red green blue}}"], stdin: "{{list 2 4 line word 2 5}}\n", env: {A: "{{list 3 3 , int -9 9}}"}}, stdout_from: solution}`)
	for seed, want := range []struct{ numbers, others string }{
		{`[6 --2-523] "531692\n" map[A:3 B:2]`, `[dalifega 0.850 blue] "pada\nbu\nsadid\n" map[A:9,1,-4]`},
		{`[4 -1-596] "759550\n" map[A:1 B:5]`, `[sadikedi 1.810 red] "za\ngagib\n" map[A:2,-5,-6]`},
		{`[3 --4-375] "270438\n" map[A:6 B:9]`, `[dimol 0.561 blue] "febos\nfoten\nbosi\nku\n" map[A:2,5,3]`},
		{`[2 --3-830] "229567\n" map[A:6 B:4]`, `[zidobu 2.055 green] "ma\nlita\npa\npar\n" map[A:0,3,-8]`},
	} {
		for _, drawn := range []struct {
			run  *exercise.Run
			want string
		}{{numbers(uint64(seed)), want.numbers}, {others(uint64(seed)), want.others}} {
			if got := fmt.Sprintf("%s %q %s", drawn.run.Args, drawn.run.Stdin, drawn.run.Env); got != drawn.want {
				t.Errorf("seed %d: got %s, want %s", seed, got, drawn.want)
			}
		}
	}
}

// TestDrawsAreWithinBounds draws each kind often, and wants all that can be drawn.
func TestDrawsAreWithinBounds(t *testing.T) {
	for _, test := range []struct {
		draw, form string
		all        int // how many there are; 0: too many to see all of them
	}{
		{"{{int -1 1}}", `-1|0|1`, 3},
		{"{{float -0.1 0.10 2}}", `-?0\.(0\d|10)`, 21},
		{"{{float 9.5 10 1}}", `9\.[5-9]|10\.0`, 6},
		{"{{float -12 -11 1}}", `-11\.\d|-12\.0`, 11},
		{"{{word 1 1}}", `[bdfgklmnprstvz]`, 14},
		{"{{word 3 5}}", `([bdfgklmnprstvz][aeiou]){2}|([bdfgklmnprstvz][aeiou]){1,2}[bdfgklmnprstvz]`, 0},
		{"{{pick a é=1}}", `a|é=1`, 2},
		{"{{list 1 3 ; pick a b}}", `[ab](;[ab]){0,2}`, 14},
		{"{{list 2 2 space float 0 0.1 1}}", `0\.[01] 0\.[01]`, 4},
	} {
		run := drawnOf(t, "  - {name: c, run: {args: [\""+test.draw+"\"]}, stdout_from: solution}")
		form, seen := regexp.MustCompile(`^(`+test.form+`)$`), map[string]bool{}
		for seed := range uint64(500) {
			got := run(seed).Args[0]
			if seen[got] = true; !form.MatchString(got) || got == "-0.00" {
				t.Errorf("%s: seed %d draws %q", test.draw, seed, got)
			}
		}
		if test.all > 0 && len(seen) != test.all || len(seen) < 2 {
			t.Errorf("%s: %d different ones, want %d", test.draw, len(seen), test.all)
		}
	}
}

// TestListsInScripts: a list of words is one argument where it is quoted, and lines
// where it stands in a file.
func TestListsInScripts(t *testing.T) {
	job := plan(t, `
  - name: drawn
    script: |
      program -stdin=in '{{list 2 2 space pick a a}}' {{list 2 2 , pick b b}}
      expect exit 0
      -- in --
      {{list 3 3 line pick c c}}
`)
	s := job.Scripts[0]
	if got := strings.Join(s.Calls[0].Args, "|"); got != "a a|b,b" || s.Files["in"] != "c\nc\nc\n" || !strings.Contains(s.Text, "program -stdin=in 'a a' b,b\n") {
		t.Errorf("got %q, %q\n%s", got, s.Files["in"], s.Text)
	}
}

// TestDialoguesAreDrawn: what is expected is what was drawn where it was sent, and before
// anything is, as an argument; what is sent twice is drawn twice.
func TestDialoguesAreDrawn(t *testing.T) {
	run := drawnOf(t, `  - {name: c, run: {args: ["{{word 6 9}}"], dialogue: [{expect: "{{word 6 9}}"}, {send: "{{word 6 9}}"}, {expect_match: "{{word 6 9}}"}, {send: "{{word 6 9}}"}, {expect: "{{word 6 9}}"}]}, stdout_from: solution}`)
	for seed := range uint64(20) {
		r := run(seed)
		d := r.Dialogue
		if d[0].Expect != r.Args[0] || d[2].ExpectMatch.String() != d[1].Send || d[4].Expect != d[3].Send || d[1].Send == d[3].Send || d[1].Send == d[0].Expect {
			t.Errorf("seed %d: got %q, %q", seed, r.Args, d)
		}
	}
	s := plan(t, `
  - name: c
    script: |
      program -dialogue=talk
      expect exit 0
      -- talk --
      send "{{word 6 9}}\n{{list 2 2 line pick a a}}"
      match `+"`^{{word 6 9}}$`"+`
`).Scripts[0]
	d := s.Calls[0].Turns
	if word, rest, _ := strings.Cut(d[0].Send, "\n"); rest != "a\na" || d[1].ExpectMatch.String() != "^"+word+"$" || !strings.HasSuffix(s.Text, "-- talk --\n"+exercise.TurnLines(d)) {
		t.Errorf("got %q\n%s", d, s.Text)
	}
}

// TestPatternsThatCannotBeDrawn are the check's fault, and told when it is run.
func TestPatternsThatCannotBeDrawn(t *testing.T) {
	wrong := 0
	for seed := range uint64(20) {
		e, err := exercise.Parse("e", []byte(head+"  - {name: c, run: {dialogue: [{send: x}, {expect_match: '\\{{pick d q}}'}]}, exit: 0}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if New(e, seed).Scripts[0].Calls[0].Err != nil {
			wrong++
		}
	}
	if wrong == 0 || wrong == 20 {
		t.Errorf("%d of 20 are wrong", wrong)
	}
}
