package play

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/script"
)

func TestMain(m *testing.M) {
	box.Init()
	build.Init()
	script.Init()
	os.Exit(m.Run())
}

// built is an exercise's program, of the course's own starter or solution.
type built struct {
	asked    replay.Asked
	programs *grading.Programs
	exercise *exercise.Exercise
}

// builtOf builds one.
func builtOf(t *testing.T, id, tree string) built {
	t.Helper()
	course, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := exercise.LoadThese(filepath.Join(course, "exercises"), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := replay.Read(filepath.Join(course, tree), loaded[0], "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := grading.Build(t.Context(), course, t.TempDir(), []grading.Task{asked.Task}, grading.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return built{asked, programs, loaded[0]}
}

// run runs it as a replay says.
func (b built) run(t *testing.T, r grading.Replay) *explore.Report {
	t.Helper()
	result := b.programs.Grade(t.Context(), b.asked.Task, grading.Options{Jobs: 1, Replay: &r})
	v := result.Checks[len(result.Checks)-1]
	if v.Status == judge.Error || v.Interleavings == nil {
		t.Fatalf("%s: %s %s", b.exercise.ID, v.Status, v.Message)
	}
	return v.Interleavings
}

// session is one of a program.
func (b built) session(p *explore.Play) *Session {
	return New(p, Options{Exercise: b.exercise, Asked: b.asked, Seed: 1})
}

// numbered is what of a step's text differs between runs.
var numbered = regexp.MustCompile(`pid \d+`)

// TestPositionsAreThoseOfAReplay plays programs of the course at random, the broken ones and
// the solutions: what is shown of each moment is what a replay tells of it.
func TestPositionsAreThoseOfAReplay(t *testing.T) {
	ids, rounds := []string{"10-lost-updates", "14-lock-order", "16-manager-list", "18-manager-count", "21-never-receives-back", "22-full-pipe", "37-the-supervisor"}, 10
	if testing.Short() {
		ids, rounds = ids[:1], 3
	}
	played, positions, killed := 0, 0, 0
	for i, id := range ids {
		for j, tree := range []string{".", "solutions"} {
			b := builtOf(t, id, tree)
			random := rand.New(rand.NewPCG(uint64(i), uint64(j)))
			for range rounds {
				var line []*explore.Position
				b.run(t, grading.Replay{Play: func(ctx context.Context, p *explore.Play) (err error) {
					line, err = atRandom(ctx, b.session(p), random)
					return err
				}})
				last := line[len(line)-1]
				killed += strings.Count(last.Schedule, explore.Killed)
				var told []*explore.Position
				r := b.run(t, grading.Replay{Schedule: last.Schedule, EachStep: func(m explore.Moment) { told = append(told, m.Position()) }})
				if r.Replayed.Left != "" || r.Replayed.Failed != last.Over.Failed || r.Replayed.Failed && r.Failures[0].Title != last.Over.Text {
					t.Fatalf("%s: %s ends with %+v, replayed: %+v %s", id, last.Schedule, last.Over, r.Replayed, r.Text)
				}
				for _, at := range line {
					positions++
					got, want := *at, *told[len(at.Steps)]
					for k := range got.Steps {
						if a, b := got.Steps[k], want.Steps[k]; numbered.ReplaceAllString(a.Text, "pid") != numbered.ReplaceAllString(b.Text, "pid") || a.Column != b.Column || a.Site != b.Site || a.Value != b.Value {
							t.Fatalf("%s: step %d of %s is %+v, replayed %+v", id, k+1, got.Schedule, a, b)
						}
					}
					got.Choices, got.Over, got.Steps, want.Choices, want.Steps = nil, nil, nil, nil, nil
					if !reflect.DeepEqual(got, want) {
						t.Fatalf("%s: after %s\n got %+v\nwant %+v", id, got.Schedule, got, want)
					}
				}
				played++
			}
		}
	}
	t.Logf("%d schedules, %d positions, %d deaths", played, positions, killed)
	if killed == 0 && !testing.Short() {
		t.Error("nobody was killed")
	}
}

// atRandom plays to the end, and says where it came by.
func atRandom(ctx context.Context, s *Session, random *rand.Rand) (line []*explore.Position, err error) {
	at, err := s.At(ctx, "", false)
	for err == nil {
		if line = append(line, at); at.Over != nil {
			break
		}
		var ready []string
		for _, p := range at.Processes {
			if p.State == explore.Ready {
				ready = append(ready, p.Proc)
			}
			if p.Kill != "" && random.IntN(10) == 0 {
				ready = []string{p.Kill}
				break
			}
		}
		at, err = s.At(ctx, at.Let(ready[random.IntN(len(ready))]), false)
	}
	return line, err
}
