package explore

import (
	"fmt"
	"strings"
	"testing"
)

// TestThin writes a run as a letter per step, the process that makes it: capital
// where the step is shown.
func TestThin(t *testing.T) {
	for _, test := range []struct {
		steps string
		notes map[int][]int // of a step: the steps that it speaks of
		want  string
	}{
		{"aaaaaaab", nil, "AAAAAAAB"},
		{"aaaaaaaab", nil, "AAAaaaaAB"},
		{"aaaabaaaa", nil, "AAAABAAAA"},
		{"aaaaaaaaab", map[int][]int{10: {5, 1}}, "AAAaAaaaAB"},
		{"baaaaaaaaa", map[int][]int{6: nil}, "BAAAaAaaaA"},
	} {
		t.Run(test.steps, func(t *testing.T) {
			var steps []Step
			for i, c := range test.steps {
				s := Step{Number: i + 1, Column: int(c - 'a'), Matters: true}
				if with, ok := test.notes[s.Number]; ok {
					s.Notes, s.With = []string{"note"}, with
				}
				steps = append(steps, s)
			}
			thin(steps)
			var got strings.Builder
			for i, s := range steps {
				letter := string(test.steps[i])
				if s.Matters {
					letter = strings.ToUpper(letter)
				}
				fmt.Fprint(&got, letter)
			}
			if got.String() != test.want {
				t.Errorf("got %s, want %s", &got, test.want)
			}
		})
	}
}
