package speedup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/mp/trace"
)

// A machine shares its cores among those who want them, in steps of a
// millisecond of its own time. Nothing here looks at a real clock.
type machine struct {
	cores float64
	load  func(at time.Duration) int     // how many others compute
	swing func(at time.Duration) float64 // how much more processor time all work takes; nil: none
	now   time.Duration
	rng   *rand.Rand
}

// heavier is how much more processor time work takes now.
func (m *machine) heavier() float64 {
	if m.swing == nil {
		return 1
	}
	return m.swing(m.now)
}

// run plays phases one after another; in a phase, every worker has its part.
func (m *machine) run(phases [][]time.Duration) (wall, cpu time.Duration) {
	began := m.now
	for _, phase := range phases {
		left := make([]float64, len(phase))
		for i, d := range phase {
			// Caches, interrupts: no two runs are the same.
			left[i] = float64(d) * (1 + 0.06*m.rng.Float64())
		}
		for {
			running := 0
			for _, l := range left {
				if l > 0 {
					running++
				}
			}
			if running == 0 {
				break
			}
			rate := min(1, m.cores/float64(running+m.load(m.now)))
			// A scheduler's shares are not even within a few milliseconds.
			rate *= 0.9 + 0.1*m.rng.Float64()
			for i, l := range left {
				done := min(max(l, 0), rate*float64(ms)/m.heavier())
				cpu += time.Duration(done * m.heavier())
				left[i] -= rate * float64(ms) / m.heavier()
			}
			m.now += ms
		}
	}
	return m.now - began, cpu
}

func (m *machine) probe(k int, window time.Duration) Probe {
	p := Probe{Threads: k, Wall: window}
	for end := m.now + window; m.now < end; m.now += ms {
		rate := min(1, m.cores/float64(k+m.load(m.now))) * (0.9 + 0.1*m.rng.Float64())
		used := float64(k) * rate * float64(ms)
		p.CPU += time.Duration(used)
		p.Work += uint64(used / m.heavier())
	}
	return p
}

// A simulated is a Runner for a program on a machine.
type simulated struct {
	machine  *machine
	serial   [][]time.Duration // the reference's
	control  [][]time.Duration
	parallel [][]time.Duration
	events   []trace.Event
	standard []trace.Event // of the reference's parallel form
	output   string
	atOnce   int
	fault    string
	late     bool // the student's run
	allLate  bool // the reference's parallel form too
	broken   error
	runs     int
}

func (s *simulated) trial(phases [][]time.Duration, output string) Trial {
	s.runs++
	wall, cpu := s.machine.run(phases)
	return Trial{Wall: wall, CPU: cpu, Output: []byte(output)}
}

func (s *simulated) Serial(context.Context) (Trial, error) {
	return s.trial(s.serial, "42\n"), s.broken
}

func (s *simulated) Parallel(context.Context) (Trial, error) {
	t := s.trial(s.parallel, s.output)
	t.AtOnce = s.atOnce
	t.Fault, t.Late = s.fault, s.late
	return t, nil
}

func (s *simulated) Control(context.Context) (Trial, error) {
	t := s.trial(s.control, "42\n")
	t.Late = s.allLate
	return t, nil
}

func (s *simulated) Standard(ctx context.Context, _ bool) (Trial, error) {
	t, err := s.Control(ctx)
	t.Events = s.standard
	return t, err
}

// Observe shows the events of a run in which all took as much longer as it does now.
func (s *simulated) Observe(ctx context.Context, _ bool) (Trial, error) {
	heavier := s.machine.heavier()
	t, err := s.Parallel(ctx)
	t.Events = slices.Clone(s.events)
	for i := range t.Events {
		for _, x := range []*time.Duration{&t.Events[i].Enter, &t.Events[i].Leave, &t.Events[i].CPU} {
			*x = time.Duration(float64(*x) * heavier)
		}
	}
	return t, err
}

func (s *simulated) Probe(_ context.Context, k int, window time.Duration) (Probe, error) {
	return s.machine.probe(k, window), nil
}

// oneAfterAnother is a program in which no two parts overlap.
func oneAfterAnother(n int, d time.Duration) [][]time.Duration {
	var phases [][]time.Duration
	for range n {
		phases = append(phases, []time.Duration{d})
	}
	return phases
}

type subject struct {
	name     string
	workers  int
	parallel [][]time.Duration
	events   []trace.Event
	want     Status
	reason   ReasonKind
}

// The course's programs, with their usual faults, of 400 ms of work each.
func subjects() []subject {
	four := func(d time.Duration) [][]time.Duration { return [][]time.Duration{slicesOf(4, d)} }
	return []subject{
		{"correct", 4, four(100 * ms), fan(0, slicesOf(4, 100*ms)...), Pass, ""},
		{"correct pool", 4, four(100 * ms), pooled(4, slicesOf(20, 20*ms)...), Pass, ""},
		{"correct, two workers", 2, [][]time.Duration{slicesOf(2, 200*ms)}, fan(0, slicesOf(2, 200*ms)...), Pass, ""},
		{"short lock", 4, four(100 * ms), locked(4, 20, 50*time.Microsecond, 4950*time.Microsecond), Pass, ""},
		{"joins in the loop", 4, oneAfterAnother(4, 100*ms), oneByOne(4, 100*ms), Fail, JoinBeforeStart},
		{"joins in the loop, two workers", 2, oneAfterAnother(2, 200*ms), oneByOne(2, 200*ms), Fail, JoinBeforeStart},
		{"pool of one", 4, oneAfterAnother(1, 400*ms), pooled(1, slicesOf(20, 20*ms)...), Fail, OneWorker},
		{"lock held while computing", 4, oneAfterAnother(4, 100*ms), locked(4, 5, 20*ms, 0), Fail, LockHeld},
		{"unbalanced", 4, [][]time.Duration{{324 * ms, 28 * ms, 24 * ms, 24 * ms}}, fan(0, 324*ms, 28*ms, 24*ms, 24*ms), Fail, Unbalanced},
		{"half on one worker", 4, [][]time.Duration{{200 * ms, 67 * ms, 67 * ms, 66 * ms}}, fan(0, 200*ms, 67*ms, 67*ms, 66*ms), Fail, Unbalanced},
		{"work left out", 4, four(40 * ms), fan(0, slicesOf(4, 40*ms)...), Fail, SkippedWork},
	}
}

func loads(rng *rand.Rand) map[string]func(time.Duration) int {
	// Bursts: every tenth of a second, perhaps one or two others.
	var bursts []int
	return map[string]func(time.Duration) int{
		"idle":      func(time.Duration) int { return 0 },
		"one busy":  func(time.Duration) int { return 1 },
		"both busy": func(time.Duration) int { return 2 },
		"bursts": func(at time.Duration) int {
			for len(bursts) <= int(at/(100*ms)) {
				bursts = append(bursts, rng.IntN(3)*rng.IntN(2))
			}
			return bursts[at/(100*ms)]
		},
	}
}

// atOnce is how many of its processes are alive at once: where one computes at a time,
// the others may wait for a lock.
func (s subject) atOnce() int {
	switch s.reason {
	case JoinBeforeStart, OneWorker:
		return 1
	}
	return s.workers
}

func (s subject) request(m *machine, seed uint64) (Request, *simulated) {
	runner := &simulated{
		machine: m, parallel: s.parallel, events: s.events, output: "42\n",
		atOnce: s.atOnce(), serial: oneAfterAnother(1, 400*ms), control: [][]time.Duration{slicesOf(s.workers, 400*ms/time.Duration(s.workers))},
	}
	return Request{
		Runner: runner, Workers: s.workers, AtLeast: 0.7, Seed: seed,
		Now: func() time.Time { return time.Time{}.Add(m.now) },
	}, runner
}

// Verdicts must not depend on the machine, nor on what else it does.
func TestVerdictsOnSimulatedMachines(t *testing.T) {
	const repeats = 20
	for _, cores := range []float64{1, 2, 4} {
		for _, s := range subjects() {
			for load := range loads(rand.New(rand.NewPCG(0, 0))) {
				t.Run(fmt.Sprintf("%s on %g cores, %s", s.name, cores, load), func(t *testing.T) {
					for seed := range uint64(repeats) {
						rng := rand.New(rand.NewPCG(seed, uint64(cores)))
						m := &machine{cores: cores, load: loads(rng)[load], rng: rng}
						r, _ := s.request(m, seed)
						report, err := Run(context.Background(), r)
						if err != nil {
							t.Fatal(err)
						}
						if report.Status != s.want {
							t.Fatalf("seed %d: %s (%s), want %s: %s; %s; measured %+v", seed, report.Status, report.DecidedBy, s.want, report.Summary, report.Why, report.Measured)
						}
						if s.want == Fail && (len(report.Reasons) == 0 || report.Reasons[0].Kind != s.reason) {
							t.Fatalf("seed %d: reasons are %v, want %s first", seed, report.Reasons, s.reason)
						}
						if clear := load == "idle"; clear && len(report.Pairs) > 6 {
							t.Errorf("seed %d: a clear case took %d pairs", seed, len(report.Pairs))
						}
					}
				})
			}
		}
	}
}

// Where another virtual machine has what the cores share, all work takes more processor time
// for a while. What is right is not failed for that, nor does what is wrong pass; few are not
// checked.
func TestVerdictsOnASwingingMachine(t *testing.T) {
	const repeats = 40
	for _, cores := range []float64{1, 2, 4} {
		for _, s := range subjects() {
			t.Run(fmt.Sprintf("%s on %g cores", s.name, cores), func(t *testing.T) {
				open := 0
				for seed := range uint64(repeats) {
					rng := rand.New(rand.NewPCG(seed, uint64(cores)))
					now, until := 1.0, time.Duration(0)
					m := &machine{cores: cores, load: func(time.Duration) int { return 0 }, rng: rng, swing: func(at time.Duration) float64 {
						for ; until <= at; until += time.Duration(100+rng.IntN(900)) * ms {
							now = 1 + rng.Float64()*float64(rng.IntN(2))
						}
						return now
					}}
					r, _ := s.request(m, seed)
					report, err := Run(context.Background(), r)
					if err != nil {
						t.Fatal(err)
					}
					if report.Status == NotChecked {
						open++
					} else if report.Status != s.want {
						t.Errorf("seed %d: %s (%s), want %s: %s; %s; measured %+v", seed, report.Status, report.DecidedBy, s.want, report.Summary, report.Why, report.Measured)
					}
				}
				if open > repeats/10 {
					t.Errorf("%d of %d are not checked", open, repeats)
				}
			})
		}
	}
}

// Without events the times alone decide, and say so where they can't.
func TestVerdictsWithoutEvents(t *testing.T) {
	for _, cores := range []float64{1, 2} {
		for _, s := range subjects() {
			rng := rand.New(rand.NewPCG(1, 1))
			m := &machine{cores: cores, load: loads(rng)["idle"], rng: rng}
			s.events = nil
			r, runner := s.request(m, 1)
			report, err := Run(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			want := s.want
			alone := s.atOnce() == 1
			if cores == 1 && s.name != "work left out" && !alone {
				want = NotChecked
			}
			if alone && (report.DecidedBy != ByLives || runner.runs > 3*enoughPairs) {
				t.Errorf("%s on %g cores: decided by the %s after %d runs", s.name, cores, report.DecidedBy, runner.runs)
			}
			if s.name == "half on one worker" {
				continue // two cores can't tell, and nothing else speaks
			}
			if report.Status != want {
				t.Errorf("%s on %g cores: %s, want %s: %s", s.name, cores, report.Status, want, report.Summary)
			}
		}
	}
}

// hiccups let the reference be late a few times.
type hiccups struct {
	*simulated
	late int
}

func (h *hiccups) Serial(ctx context.Context) (Trial, error) {
	t, err := h.simulated.Serial(ctx)
	h.late--
	t.Late = h.late >= 0
	return t, err
}

func TestRunRefuses(t *testing.T) {
	fresh := func() (Request, *simulated) {
		rng := rand.New(rand.NewPCG(1, 1))
		return subjects()[0].request(&machine{cores: 2, load: loads(rng)["idle"], rng: rng}, 0)
	}
	t.Run("other output", func(t *testing.T) {
		r, runner := fresh()
		runner.output = "41\n"
		report, err := Run(context.Background(), r)
		if err != nil || report.Status != Fail || report.DecidedBy != ByHonesty || report.Reasons[0].Kind != WrongOutput {
			t.Errorf("%v, %+v", err, report)
		}
	})
	t.Run("fault", func(t *testing.T) {
		r, runner := fresh()
		runner.fault = "exit code 2"
		report, err := Run(context.Background(), r)
		if err != nil || report.Status != Fail || report.Reasons[0].Kind != Faulty || !strings.Contains(report.Summary, "exit code 2") {
			t.Errorf("%v, %+v", err, report)
		}
	})
	t.Run("too late, when the reference is not", func(t *testing.T) {
		r, runner := fresh()
		runner.fault, runner.late = "stopped at the wall limit", true
		report, err := Run(context.Background(), r)
		if err != nil || report.Status != Fail || report.Reasons[0].Kind != Faulty {
			t.Errorf("%v, %+v", err, report)
		}
	})
	t.Run("too late, when everybody is", func(t *testing.T) {
		r, runner := fresh()
		runner.fault, runner.late, runner.allLate = "stopped at the wall limit", true, true
		report, err := Run(context.Background(), r)
		if err != nil || report.Status != NotChecked || report.DecidedBy != ByNothing {
			t.Errorf("%v, %+v", err, report)
		}
	})
	t.Run("too late, when everybody is now and then", func(t *testing.T) {
		r, runner := fresh()
		r.Runner = &hiccups{simulated: runner, late: 2}
		if report, err := Run(context.Background(), r); err != nil || report.Status != Pass {
			t.Errorf("%v, %+v", err, report)
		}
	})
	t.Run("a reference that breaks is the grader's fault", func(t *testing.T) {
		r, runner := fresh()
		runner.broken = errors.New("no such file")
		if _, err := Run(context.Background(), r); err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("bad request", func(t *testing.T) {
		r, _ := fresh()
		r.Workers = 1
		if _, err := Run(context.Background(), r); err == nil {
			t.Error("one worker is accepted")
		}
	})
}

// A machine on which nobody is fast blames nobody.
func TestControl(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	m := &machine{cores: 2, load: loads(rng)["idle"], rng: rng}
	s := subjects()[0]
	s.parallel = oneAfterAnother(4, 100*ms)
	r, runner := s.request(m, 0)
	report, err := Run(context.Background(), r)
	if err != nil || report.Status != Fail || report.DecidedBy != ByMeasured {
		t.Errorf("slow although the events show nothing: %v, %+v", err, report)
	}
	runner.control = runner.parallel
	report, err = Run(context.Background(), r)
	if err != nil || report.Status != Pass || report.DecidedBy != ByLogical {
		t.Errorf("slow as the reference: %v, %+v", err, report)
	}
}

// Where starting a process takes long, it does so for the reference too: no more is wanted
// than most of what that reaches.
func TestStandard(t *testing.T) {
	slow := func(start time.Duration) subject {
		return subject{workers: 4, parallel: [][]time.Duration{{start}, slicesOf(4, 100*ms)}, events: fan(start, slicesOf(4, 100*ms)...)}
	}
	inTurn := subject{workers: 4, parallel: oneAfterAnother(4, 100*ms), events: oneByOne(4, 100*ms)}
	for name, test := range map[string]struct {
		subject
		standard []trace.Event
		want     Status
	}{
		"a slow start, the reference's not known": {slow(160 * ms), nil, Fail},
		"a slow start, as the reference's":        {slow(160 * ms), slow(160 * ms).events, Pass},
		"a slower start than the reference's":     {slow(160 * ms), slow(0).events, Fail},
		"one after another, all the same":         {inTurn, slow(160 * ms).events, Fail},
		"no start is fast enough to tell":         {slow(800 * ms), slow(800 * ms).events, NotChecked},
	} {
		for _, cores := range []float64{1, 2, 4} {
			rng := rand.New(rand.NewPCG(1, 1))
			m := &machine{cores: cores, load: loads(rng)["idle"], rng: rng}
			r, runner := test.request(m, 0)
			runner.standard, runner.control = test.standard, test.parallel
			report, err := Run(context.Background(), r)
			if err != nil || report.Status != test.want {
				t.Errorf("%s, %g cores: %v, %+v", name, cores, err, report)
			}
		}
	}
}

// ownSerial runs a serial form that may be odd.
type ownSerial struct {
	*simulated
	fault, output string
	burns         time.Duration // beside its work
}

func (s ownSerial) Serial(ctx context.Context) (Trial, error) {
	t, err := s.simulated.Serial(ctx)
	t.Fault = s.fault
	t.Output = append(t.Output, s.output...)
	t.Wall, t.CPU = t.Wall+s.burns, t.CPU+s.burns
	return t, err
}

func (s ownSerial) Control(context.Context) (Trial, error) {
	return Trial{}, errors.New("there is no reference")
}
func (s ownSerial) Standard(context.Context, bool) (Trial, error) {
	return Trial{}, errors.New("there is no reference")
}

// Without a reference a program is compared with its own serial form, which is held
// against it in nothing.
func TestAlone(t *testing.T) {
	good := subject{workers: 4, parallel: [][]time.Duration{slicesOf(4, 100*ms)}, events: fan(0, slicesOf(4, 100*ms)...)}
	inTurn := subject{workers: 4, parallel: oneAfterAnother(4, 100*ms), events: oneByOne(4, 100*ms)}
	slowStart := subject{workers: 4, parallel: [][]time.Duration{{160 * ms}, slicesOf(4, 100*ms)}, events: fan(160*ms, slicesOf(4, 100*ms)...)}
	silent := inTurn
	silent.events = nil
	for name, test := range map[string]struct {
		subject
		fault, output string
		burns         time.Duration
		want          Status
	}{
		"good":                        {good, "", "", 0, Pass},
		"one after another":           {inTurn, "", "", 0, Fail},
		"slower than it could be":     {slowStart, "", "", 0, NotChecked},
		"slow, and nobody sees why":   {silent, "", "", 0, NotChecked},
		"its serial form fails":       {good, "exit code 1", "", 0, NotChecked},
		"its serial form prints more": {inTurn, "", "more", 0, NotChecked},
		"its serial form burns time":  {good, "", "", 2 * time.Second, NotChecked},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		m := &machine{cores: 4, load: loads(rng)["idle"], rng: rng}
		r, runner := test.request(m, 0)
		r.Runner, r.Alone = ownSerial{runner, test.fault, test.output, test.burns}, true
		report, err := Run(context.Background(), r)
		if err != nil || report.Status != test.want || !report.Alone || strings.Contains(report.Summary, "as the reference") {
			t.Errorf("%s: %v, %+v", name, err, report)
		}
	}
}

func TestReportIsPlainData(t *testing.T) {
	for _, s := range subjects() {
		rng := rand.New(rand.NewPCG(1, 1))
		r, _ := s.request(&machine{cores: 2, load: loads(rng)["idle"], rng: rng}, 0)
		report, err := Run(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		var back Report
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*report, back) {
			t.Errorf("%s: the report changes on its way through JSON", s.name)
		}
	}
}
