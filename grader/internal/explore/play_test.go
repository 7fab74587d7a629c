package explore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore/simulated"
)

// TestPositionsAreThoseOfAReplay plays simulated programs at random, and has processes killed,
// and replays what was played: each position must be what the replay says of that moment, also
// when it is come to by a step back, and the ends must be the same.
func TestPositionsAreThoseOfAReplay(t *testing.T) {
	played, positions, killed, late := 0, 0, 0, 0
	for i, p := range programs {
		if testing.Short() && i%4 != 0 {
			continue
		}
		random := rand.New(rand.NewPCG(1, uint64(i)))
		for deaths := range 6 {
			begin := []string{"", "clock,"}[deaths/3]
			deaths %= 3
			line := atRandom(t, p, random, begin, deaths)
			last := line[len(line)-1]
			killed += strings.Count(last.Schedule, Killed)
			var told []*Position
			r := ask(t, p, Request{Deaths: deaths, Schedule: last.Schedule, EachStep: func(m Moment) { told = append(told, m.Position()) }})
			if r.Replayed.Left != "" || r.Replayed.Steps != r.Replayed.Of {
				t.Fatalf("%s: %s is not followed: %+v", p.name, last.Schedule, r.Replayed)
			}
			for i, at := range line {
				positions++
				same(t, p.name, at, told[len(at.Steps)])
				if i > 0 && strings.HasSuffix(at.Schedule, Killed) && timely(line[i-1]) {
					late++
				}
			}
			if last.Over.Failed != r.Replayed.Failed || r.Replayed.Failed && last.Over.Text != r.Failures[0].Title {
				t.Errorf("%s: %s ends with %+v, replayed with %q %+v", p.name, last.Schedule, last.Over, r.Text, r.Failures)
			}
			played++
		}
	}
	t.Logf("%d schedules, %d positions, %d deaths, %d of them where only time could pass", played, positions, killed, late)
	if killed < len(programs)/4 || late == 0 && !testing.Short() {
		t.Errorf("only %d processes were killed, %d of them where only time could pass", killed, late)
	}
}

// ask is a request of a simulated program.
func ask(t *testing.T, p simulatedProgram, r Request) *Report {
	t.Helper()
	r.Workers, r.Expect, r.Budget = 1, p.expect, 200*time.Millisecond
	report, err := explore(context.Background(), simulated.New(p.main, true), r)
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	return report
}

// atRandom plays a program to an end, and says where it came by. So many processes may be
// killed. Now and then a step is taken back: that must lead to where it was before.
func atRandom(t *testing.T, p simulatedProgram, random *rand.Rand, begin string, deaths int) (line []*Position) {
	t.Helper()
	const most = 300
	ask(t, p, Request{Deaths: deaths, Play: func(ctx context.Context, play *Play) error {
		at, err := play.At(ctx, begin, false)
		for err == nil {
			if line = append(line, at); at.Over != nil {
				return nil
			}
			var ready, mortal []string
			for _, q := range at.Processes {
				if q.State == Ready {
					ready = append(ready, q.Proc)
				}
				if q.Kill != "" {
					mortal = append(mortal, q.Kill)
				}
			}
			if left := deaths - strings.Count(at.Schedule, Killed); left < 0 || left == 0 && mortal != nil {
				t.Errorf("%s: after %s %q can be killed, and %d may be", p.name, at.Schedule, mortal, left)
			}
			if len(ready) == 0 {
				return errors.New("nobody can go on, and it is not over")
			}
			if random.IntN(5) == 0 && len(at.Choices) > 0 {
				back, err := Cut(at.Schedule, at.Choices[len(at.Choices)-1])
				if err != nil {
					return err
				}
				before, err := play.At(ctx, back, false)
				if err != nil {
					return err
				}
				if n := len(line) - 2; n >= 0 && !reflect.DeepEqual(before, line[n]) {
					t.Errorf("%s: a step back from %s leads to %+v, not to %+v", p.name, at.Schedule, before, line[n])
				}
			}
			next := ready[random.IntN(len(ready))]
			if len(line) > most { // it goes round in a loop: to the end, as a replay does
				next = ready[len(line)%len(ready)]
			}
			seldom := 8
			if timely(at) {
				seldom = 2
			}
			if mortal != nil && random.IntN(seldom) == 0 {
				next = mortal[random.IntN(len(mortal))]
			}
			at, err = play.At(ctx, at.Let(next), false)
		}
		return err
	}})
	return line
}

// timely reports whether nobody can go on before time passes.
func timely(at *Position) bool {
	return slices.ContainsFunc(at.Processes, func(q Process) bool { return strings.HasPrefix(q.Sees, "time passes") })
}

// same compares a position with what a replay told of the same moment.
func same(t *testing.T, name string, got, want *Position) {
	t.Helper()
	a, b := *got, *want
	a.Choices, a.Over, a.Steps = nil, nil, nil
	b.Choices, b.Over, b.Steps = nil, nil, nil
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%s: after %s\n got %+v\nwant %+v", name, got.Schedule, a, b)
	}
	for i, s := range got.Steps {
		if x := want.Steps[i]; s.Column != x.Column || s.Text != x.Text || s.Site != x.Site || s.Value != x.Value || s.Saw != x.Saw {
			t.Fatalf("%s: step %d of %s is %+v, replayed %+v", name, i+1, got.Schedule, s, x)
		}
	}
}

// TestScheduleMayKillMore: a schedule has whom it says killed, whatever its check allows.
func TestScheduleMayKillMore(t *testing.T) {
	for _, deaths := range []int{0, 1} {
		r := ask(t, programs[0], Request{Deaths: deaths, Schedule: "0:4,0.1x,0.2x"})
		if r.Replayed.Left != "" || r.Replayed.Steps != r.Replayed.Of {
			t.Errorf("where %d may be killed: %+v", deaths, r.Replayed)
		}
	}
}

// TestPositionTells: what everything holds, who has it, and what each process would find or
// waits for.
func TestPositionTells(t *testing.T) {
	p := simulatedProgram{name: "everything", main: func(p *proc) {
		v, a, l, rw := p.Value("v", 0), p.Array("a", 2), p.Lock("l"), p.RWLock("rw")
		left, right := p.Pipe("left,right")
		q, s, e, b, d := p.Queue("q", 1), p.Semaphore("s", 2), p.Event("e"), p.Barrier("b", 3), p.Dict("d")
		p.Set(v, 4)
		p.SetAt(a, 1, 5)
		p.Take(l)
		p.Read(rw)
		p.Send(left, 6, 8)
		p.PutQueue(q, 7, 0)
		p.DoneQueue(q)
		p.Acquire(s, 0)
		p.DictSet(d, 1, 8)
		p.Start("locks", func(p *proc) { p.Take(l) })
		p.Start("tries", func(p *proc) { p.Try(l) })
		p.Start("reads", func(p *proc) { p.Get(v) })
		p.Start("sets", func(p *proc) { p.SetAt(a, 1, 9) })
		p.Start("receives", func(p *proc) { p.Recv(right) }, right)
		p.Start("puts", func(p *proc) { p.PutQueue(q, 9, 0) })
		p.Start("gets", func(p *proc) { p.GetQueue(q, 0) })
		p.Start("waits", func(p *proc) { p.WaitEvent(e, 0) })
		p.Start("meets", func(p *proc) { p.Meet(b) })
		p.Start("asks", func(p *proc) { p.DictGet(d, 1) })
		p.Join(p.Start("ends", func(*proc) {}))
		p.SetEvent(e)
	}}
	var at *Position
	ask(t, p, Request{Play: func(ctx context.Context, play *Play) (err error) {
		schedule := "0:31"
		for i := range 11 {
			schedule += fmt.Sprintf(",0.%d", i+1)
		}
		at, err = play.At(ctx, schedule+",0.9,0.11", false)
		return err
	}})
	var got []string
	for _, p := range at.Processes {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s: %s %s %s %s", p.Title, p.State, p.Next, p.Sees, p.For, p.Why)))
	}
	for _, o := range at.Objects {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %v %s %v %v %v", o.Kind, o.Name, o.Cells, o.Holds, o.Owners, o.Waiting, o.Streams)))
	}
	want := []string{
		"main ready: Join ends-11 would find that it ended well",
		"locks-1 waiting: l.Lock()  lock l held by main since play_test.go",
		"tries-2 ready: l.TryLock() would find it taken",
		"reads-3 ready: v.Get() would read 4",
		"sets-4 ready: a.Set(1, 9) would replace 5",
		"receives-5 ready: right.Recv() would receive 6",
		"puts-6 waiting: q.Put(9)  room in queue q",
		"gets-7 ready: q.Get() would receive 7",
		"waits-8 waiting: e.Wait()  event e",
		"meets-9 waiting: b.Wait() returns  barrier b opens when 2 more processes arrive",
		"asks-10 ready: d.Get(1) would read 8",
		"ends-11 ended: ended",
		"value v [{v 4}]  [] [] []",
		"array a [{a[0] 0} {a[1] 5}]  [] [] []",
		"lock l []  [{0 play_test.go false false}] [1] []",
		"rwlock rw []  [{0 play_test.go true false}] [] []",
		"pipe left right []  [] [] [{left right [{0 6 8}] [0] [0 5] false 0} {right left [] [0 5] [0] false 0}]",
		"queue q [] 0 values of q are not done [] [6] [{  [{0 7 8}] [] [] false 1}]",
		"semaphore s [] 1 permit [] [] []",
		"event e [] not set [] [8] []",
		"barrier b [] 1 of 3 have arrived [] [9] []",
		"dict d [{d[1] 8}]  [] [] []",
	}
	here := regexp.MustCompile(`play_test\.go:\d+`)
	for i := range got {
		got[i] = here.ReplaceAllString(got[i], "play_test.go")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// TestCanFailLooksNowhereElse: what could have gone wrong before does not count.
func TestCanFailLooksNowhereElse(t *testing.T) {
	for schedule, want := range map[string]Answer{"": Yes, "0:4,0.1:2": Yes, "0:4,0.1:2,0.2:2": Yes, "0:4,0.1:4": No, "0:4,0.2:3,0.1": No} {
		ask(t, programs[0], Request{Play: func(ctx context.Context, play *Play) error {
			got, err := play.CanFail(ctx, schedule, time.Minute)
			if err == nil && got.Answer != want {
				t.Errorf("from %q on: %s: %s", schedule, got.Answer, got.Text)
			}
			return err
		}})
	}
}

// TestCanFailIsWhatEnumerationSays plays simulated programs to some moment and asks whether
// they can still fail; every way to go on is tried for an answer to compare with.
func TestCanFailIsWhatEnumerationSays(t *testing.T) {
	const most = 3000 // positions below a moment
	answers := map[Answer]int{}
	for i, p := range programs {
		if testing.Short() && i%4 != 0 {
			continue
		}
		random := rand.New(rand.NewPCG(2, uint64(i)))
		deaths := i / 2 % 2
		line := atRandom(t, p, random, "", deaths)
		ask(t, p, Request{Deaths: deaths, Play: func(ctx context.Context, play *Play) error {
			for range 3 {
				at := line[random.IntN(len(line))]
				left := most
				fails, all := below(ctx, t, play, at, deaths == 0, &left)
				if at.Over != nil || !fails && !all {
					continue
				}
				got, err := play.CanFail(ctx, at.Schedule, 5*time.Second)
				if err != nil {
					return err
				}
				answers[got.Answer]++
				switch {
				case fails && got.Answer != Yes, !fails && got.Answer == Yes:
					t.Errorf("%s: from %q on, %s: %s; enumeration: %t", p.name, at.Schedule, got.Answer, got.Text, fails)
				case got.Answer == Yes:
					end := at
					for _, path := range got.Then {
						if end, err = play.At(ctx, end.Let(path), false); err != nil {
							return err
						}
					}
					if end.Over == nil || !end.Over.Failed || end.Schedule != got.Schedule {
						t.Errorf("%s: from %q on, %q leads to %+v, not to a failure at %q", p.name, at.Schedule, got.Then, end.Over, got.Schedule)
					}
				}
			}
			return nil
		}})
	}
	t.Log(answers)
	if answers[Yes] < 5 || answers[No] < 5 {
		t.Errorf("too few answers to say anything: %v", answers)
	}
}

// below says whether some run fails that goes on from a position, as far as left goes, and
// whether all were tried. lone: nobody can be killed, and a step without a choice is none.
func below(ctx context.Context, t *testing.T, play *Play, at *Position, lone bool, left *int) (fails, all bool) {
	t.Helper()
	if at.Over != nil {
		return at.Over.Failed, true
	}
	all = true
	var ways []string
	for _, q := range at.Processes {
		if q.State == Ready {
			ways = append(ways, q.Proc)
		}
		if q.Kill != "" {
			ways = append(ways, q.Kill)
		}
	}
	for _, way := range ways {
		if *left--; *left < 0 {
			return false, false
		}
		next, err := play.At(ctx, at.Let(way), lone)
		if err != nil {
			t.Fatal(err)
		}
		failed, tried := below(ctx, t, play, next, lone, left)
		if failed {
			return true, false
		}
		all = all && tried
	}
	return false, all
}

// TestKilledWhereOnlyTimePasses: where nobody can go on before time passes, any child can be
// killed as well, one step back can be again, and a replay tells the same.
func TestKilledWhereOnlyTimePasses(t *testing.T) {
	p := simulatedProgram{name: "patient", main: func(p *proc) {
		e := p.Event("e")
		patient := p.Start("patient", func(p *proc) {
			p.WaitEvent(e, time.Second)
			p.Sleep(time.Second)
			p.SetEvent(e)
		})
		p.Join(p.Start("waits", func(p *proc) { p.WaitEvent(e, 0) }))
		p.Join(patient)
	}}
	for _, begin := range []string{"0:4,0.1,0.2", "clock,0:4,0.1,0.2", "clock,0:4,0.1,0.2,0.1"} {
		for _, killed := range []string{"0.1x", "0.2x"} {
			var before, after *Position
			ask(t, p, Request{Deaths: 1, Play: func(ctx context.Context, play *Play) (err error) {
				if before, err = play.At(ctx, begin, false); err != nil {
					return err
				}
				after, err = play.At(ctx, before.Let(killed), false)
				return err
			}})
			patient, waits := before.Processes[1], before.Processes[2]
			if patient.State != Ready || !strings.Contains(patient.Sees, "time passes") || patient.Kill != "0.1x" || waits.State != Waiting || waits.Kill != "0.2x" {
				t.Errorf("at %s stand %+v", begin, before.Processes)
			}
			if back, err := Cut(after.Schedule, after.Choices[len(after.Choices)-1]); err != nil || back != before.Schedule {
				t.Errorf("a step back from %s is %s, %v", after.Schedule, back, err)
			}
			var told []*Position
			r := ask(t, p, Request{Deaths: 1, Schedule: after.Schedule, EachStep: func(m Moment) { told = append(told, m.Position()) }})
			if r.Replayed.Left != "" || r.Replayed.Steps != r.Replayed.Of {
				t.Fatalf("%s is not followed: %+v", after.Schedule, r.Replayed)
			}
			for _, at := range []*Position{before, after} {
				same(t, p.name, at, told[len(at.Steps)])
			}
		}
	}
}
