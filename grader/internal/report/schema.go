package report

import (
	"reflect"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/schema"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// Schema returns the JSON Schema (draft 2020-12) of what WriteJSON writes.
func Schema() ([]byte, error) {
	m := schema.Maker{Tag: "json", Own: enumerated, Field: func(_ reflect.Type, f reflect.StructField, _ *schema.Schema) bool {
		return !strings.Contains(f.Tag.Get("json"), ",omit")
	}}
	return schema.Document("Lockstep report", m.Of(reflect.TypeFor[Report]()))
}

// enumerated are the types that have a few values, which people compare with.
func enumerated(t reflect.Type) *schema.Schema {
	switch t {
	case reflect.TypeFor[judge.Status]():
		return values(judge.Pass, judge.Fail, judge.Skipped, judge.NotChecked, judge.Error)
	case reflect.TypeFor[judge.Kind]():
		return values(judge.Ran, judge.Expected, judge.Seen, judge.Diff, judge.Signals, judge.Processes, judge.Printed, judge.Places, judge.Compiler, judge.Refused, judge.Timeline, judge.Reason, judge.Note)
	case reflect.TypeFor[explore.Outcome]():
		return values(explore.Verified, explore.Tested, explore.Failed, explore.TimeLimit, explore.NotDeterministic, explore.NotExplored)
	case reflect.TypeFor[speedup.Status]():
		return values(speedup.Pass, speedup.Fail, speedup.NotChecked)
	case reflect.TypeFor[box.Tier]():
		return values("A", "B", "C", "D", "") // empty: nothing was run
	case reflect.TypeFor[exercise.Detail]():
		return values(exercise.Details...)
	case reflect.TypeFor[trace.Kind](), reflect.TypeFor[time.Time]():
		return &schema.Schema{Type: "string"}
	}
	return nil
}

func values[T ~string](list ...T) *schema.Schema {
	s := &schema.Schema{}
	for _, v := range list {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}
