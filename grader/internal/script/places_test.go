package script

import (
	"strings"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/source"
)

// TestPlaces: whatever does not hold, the lines are named that have to do with it.
func TestPlaces(t *testing.T) {
	const text = `package main
var square = mp.Func("square", func(n int) error {
	fmt.Println("square of", n, "is", n*n)
	return nil
})
func main() {
	p, _ := square.Start(3)
	if err := p.Join(); err != nil {
		fmt.Println(fmt.Errorf("lost: %w", err))
	}
	fmt.Println("done")
}
`
	child := func(state box.State) box.Process {
		return box.Process{Argv: []string{"program [square-1]"}, State: state}
	}
	run := func(exit int, stderr string, children ...box.Process) *box.Observation {
		return &box.Observation{Exit: box.Exit{Code: exit}, Stderr: box.Stream{Bytes: []byte(stderr)}, Processes: append([]box.Process{{State: box.Root}}, children...)}
	}
	lines := func(want, got string) Claim {
		return Claim{Outcome: exercise.OfStdout, Whole: true, Want: want, Got: got}
	}
	const starts, joins, function = "main.go:7, which starts square", "main.go:8, which waits for a child", "main.go:2, the function of square"
	for what, test := range map[string]struct {
		claim Claim
		run   *box.Observation
		want  string
	}{
		"not joined":        {Claim{Outcome: exercise.OfJoined}, run(0, "", child(box.Joined), child(box.Zombie), child(box.Orphan)), starts},
		"too many":          {Claim{Outcome: exercise.OfChildren}, run(0, "", child(box.Joined)), starts},
		"of another":        {Claim{Outcome: exercise.OfChildren}, run(0, "", box.Process{Argv: []string{"x [mp.worker-1]"}}), ""},
		"never at once":     {Claim{Outcome: exercise.OfOverlap}, run(0, "", child(box.Joined)), starts + "; " + joins},
		"no work":           {Claim{Outcome: exercise.OfWork}, nil, function},
		"no use":            {Claim{Outcome: exercise.OfUses, Want: "square-1 locks what another process uses too"}, nil, function},
		"the parent's":      {Claim{Outcome: exercise.OfUses, Want: "main receives from what another process uses too"}, run(0, "", child(box.Joined)), starts},
		"a wrong line":      {lines("square of 3 is 9\ndone\n", "done\nsquare of 3 is 6\n"), nil, "main.go:3, which prints it"},
		"a missing line":    {lines("square of 3 is 9\ndone\n", "done\n"), nil, "main.go:3, which prints such a line"},
		"another order":     {lines("square of 3 is 9\ndone\n", "done\nsquare of 3 is 9\n"), nil, "main.go:11, which prints it"},
		"an error":          {Claim{Outcome: exercise.OfExit}, run(1, "main: lost: no\n"), "main.go:9, which makes the error"},
		"another's error":   {Claim{Outcome: exercise.OfExit}, run(1, "square-1: cannot receive: no\n"), function},
		"a child's end":     {Claim{Outcome: exercise.OfExit}, run(1, "square-1 (pid 7) was ended by a signal: killed\n"), joins},
		"for ever":          {Claim{Outcome: "wall limit"}, run(0, "", child(box.CutOff)), joins},
		"an error not told": {Claim{Outcome: exercise.OfExit}, run(0, ""), joins},
	} {
		var got []string
		for _, p := range placesOf(&test.claim, source.Read(map[string][]byte{"main.go": []byte(text)}), test.run) {
			got = append(got, p.String())
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%s: got %q, want %q", what, got, test.want)
		}
	}
	for _, outcome := range []exercise.Outcome{exercise.OfChildren, exercise.OfWork} {
		nothing := source.Read(map[string][]byte{"main.go": []byte("package main\n\nfunc main() {}\n")})
		got := placesOf(&Claim{Outcome: outcome}, nothing, run(0, ""))
		if len(got) != 1 || got[0].String() != "main.go:3, where main begins: no line starts a child" {
			t.Errorf("%s: got %v", outcome, got)
		}
	}
}
