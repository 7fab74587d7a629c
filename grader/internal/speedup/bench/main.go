// Command bench grades correct and wrong programs many times, on an idle machine
// and on busy ones, and prints how often the speed-up verdict was wrong and which
// measurement decided. The programs are its own: started as "bench subject NAME"
// it is the program that is graded, started as "bench spin" it is the capacity
// probe.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/speedup"
	"lockstep/mp"
)

func main() {
	box.Init()
	switch {
	case len(os.Args) == 5 && os.Args[1] == "subject":
		mp.Main(runSubject)
	case len(os.Args) == 4 && os.Args[1] == "spin":
		check(json.NewEncoder(os.Stdout).Encode(speedup.Spin(must(strconv.Atoi(os.Args[2])), must(time.ParseDuration(os.Args[3])))))
	default:
		wrong, err := run()
		check(err)
		if wrong > 0 {
			os.Exit(1)
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// run reads the command line and grades, round by round, so that a bench that is
// stopped early has seen everything equally often.
func run() (wrong int, err error) {
	times := flag.Int("times", 5, "how often each program is graded under each load")
	limit := flag.Duration("limit", 5*time.Minute, "stop after this time")
	oneCore := flag.Bool("one-core", false, "use one core only")
	report := flag.String("cost", "", "print only what the speed-up checks in this report of \"grade --format json\" took")
	flag.Parse()
	if *report != "" {
		return 0, printCost(os.Stdout, *report)
	}
	if *oneCore && runtime.NumCPU() > 1 {
		const tool = "/usr/bin/taskset" // becomes this program again, on one core
		err := syscall.Exec(tool, append([]string{tool, "-c", "0"}, os.Args...), os.Environ())
		return 0, fmt.Errorf("cannot use one core only, by %s: %w", tool, err)
	}
	// The loads are threads of this process; they must not hold up the rest of it.
	runtime.GOMAXPROCS(runtime.NumCPU() + 4)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	fmt.Printf("%d programs, %d loads, %d times each; %d cores, %v at most\n", len(subjects()), len(loads), *times, runtime.NumCPU(), *limit)
	t := newTable()
	defer t.print(os.Stdout)
	for i := range *times * len(loads) {
		load := loads[i%len(loads)]
		stop := load.start(uint64(i))
		defer stop()
		for _, s := range subjects() {
			report, err := s.grade(ctx, uint64(i/len(loads)))
			switch {
			case ctx.Err() != nil:
				return t.wrong(), nil
			case err != nil: // a machine out of breath must not end the bench
				fmt.Fprintf(os.Stderr, "%s, %s: %v\n", s.name, load.name, err)
			case report.Status != s.want:
				fmt.Printf("%s, %s: %s by %s, not %s: %s\n", s.name, load.name, report.Status, report.DecidedBy, s.want, report.Summary)
			}
			t.add(s, load, report)
		}
		stop()
	}
	return t.wrong(), nil
}

// A runner runs this very program in a box: as the reference, as the subject, or
// as the probe.
type runner struct {
	self    string
	subject subject
	boxes   box.Boxes
}

// grade gives one program one verdict.
func (s subject) grade(ctx context.Context, seed uint64) (*speedup.Report, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &runner{self: self, subject: s}
	defer r.boxes.Close()
	return speedup.Run(ctx, speedup.Request{Runner: r, Workers: s.workers, AtLeast: 0.7, Seed: seed})
}

func (r *runner) Serial(ctx context.Context) (speedup.Trial, error) {
	return trial(r.boxes.Run(ctx, r.command(r.subject.reference, "serial")))
}

func (r *runner) Control(ctx context.Context) (speedup.Trial, error) {
	return trial(r.boxes.Run(ctx, r.command(r.subject.reference, "parallel")))
}

func (r *runner) Parallel(ctx context.Context) (speedup.Trial, error) {
	return trial(r.boxes.Run(ctx, r.command(r.subject.name, "parallel")))
}

func (r *runner) Observe(ctx context.Context, waits bool) (speedup.Trial, error) {
	return r.observe(ctx, r.subject.name, waits)
}

func (r *runner) Standard(ctx context.Context, waits bool) (speedup.Trial, error) {
	return r.observe(ctx, r.subject.reference, waits)
}

func (r *runner) observe(ctx context.Context, name string, waits bool) (speedup.Trial, error) {
	if !waits {
		seen, events, err := explore.Clocked(ctx, r.command(name, "parallel"), speedup.DefaultBudget)
		if err != nil || len(events) > 0 {
			t, err := trial(seen, err)
			t.Events, t.Clocked = events, true
			return t, err
		}
	}
	seen, events, err := control.Observe(ctx, r.command(name, "parallel"))
	t, err := trial(seen, err)
	t.Events = events
	return t, err
}

func (r *runner) Probe(ctx context.Context, k int, window time.Duration) (p speedup.Probe, err error) {
	seen, err := r.boxes.Run(ctx, box.Command{Program: r.self, Args: []string{"spin", strconv.Itoa(k), window.String()}})
	if err == nil {
		err = json.Unmarshal(seen.Stdout.Bytes, &p)
	}
	return p, err
}

func (r *runner) command(name, mode string) box.Command {
	return box.Command{Program: r.self, Args: []string{"subject", name, mode, strconv.Itoa(r.subject.workers)}}
}

func trial(seen *box.Observation, err error) (t speedup.Trial, _ error) {
	if err != nil {
		return t, err
	}
	t = speedup.Trial{Wall: seen.Wall, CPU: seen.CPU, Output: seen.Stdout.Bytes}
	if seen.Exit != (box.Exit{}) {
		t.Fault = fmt.Sprintf("exit code %d, signal %d: %s", seen.Exit.Code, seen.Exit.Signal, seen.Stderr.Bytes)
	}
	return t, nil
}
