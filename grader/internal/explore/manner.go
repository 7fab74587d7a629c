package explore

import (
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// manner is how time passes in the runs of a pass, and how closely it is looked at
// what processes print. See model.Options.
type manner struct {
	clock  bool // sleeps take their time
	early  bool // time limits may run out at any time
	pieces bool // a line that is printed in pieces can be torn
}

// marks begin the schedules of runs of a manner, which their steps depend on.
var marks = []struct {
	word string
	of   func(*manner) *bool
}{
	{"clock,", func(m *manner) *bool { return &m.clock }},
	{"early,", func(m *manner) *bool { return &m.early }},
	{"pieces,", func(m *manner) *bool { return &m.pieces }},
}

// named is a schedule with its manner.
func (m manner) named(schedule string) string {
	var s strings.Builder
	for _, mark := range marks {
		if *mark.of(&m) {
			s.WriteString(mark.word)
		}
	}
	return s.String() + schedule
}

// parse is the inverse of named.
func parse(text string) (s search.Schedule, m manner, err error) {
	for _, mark := range marks {
		text, *mark.of(&m) = strings.CutPrefix(text, mark.word)
	}
	if text != "" {
		s, err = search.ParseSchedule(text)
	}
	return s, m, err
}

// CheckSchedule says what is wrong with a Request's Schedule.
func CheckSchedule(text string) error {
	_, _, err := parse(text)
	return err
}

func (x *exploration) options() model.Options {
	return model.Options{Ordered: !x.Unordered, Name: x.names.name, Clock: x.clock, Early: x.early, Pieces: x.pieces, Deaths: max(x.Deaths, x.killed)}
}
