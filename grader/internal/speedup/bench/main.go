// Command bench grades correct and wrong programs many times, on an idle machine
// and on busy ones, and prints how often the speed-up verdict was wrong and which
// measurement decided. The programs are its own: started as "bench subject NAME"
// it is the program that is graded, started as "bench spin" it is the capacity
// probe.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/speedup"
	"lockstep/mp"
)

// The words that make this program another one.
const (
	subjectWord = "subject"
	spinWord    = "spin"
)

func main() {
	box.Init()
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case subjectWord:
			mp.Main(runSubject)
		case spinWord:
			if err := spin(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
			return
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	wrong, err := run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

// mostBroken verdicts may fail to be had before the bench gives up.
const mostBroken = 10

// spin is the capacity probe: how many threads, and for how long.
func spin(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: bench spin THREADS WINDOW")
	}
	threads, err := strconv.Atoi(args[0])
	if err != nil {
		return fmt.Errorf("cannot spin: %w", err)
	}
	window, err := time.ParseDuration(args[1])
	if err != nil {
		return fmt.Errorf("cannot spin: %w", err)
	}
	return json.NewEncoder(os.Stdout).Encode(speedup.Spin(threads, window))
}

// run reads the command line and grades.
func run(ctx context.Context) (wrong int, err error) {
	times := flag.Int("times", 200, "how often each program is graded under each load")
	names := flag.String("subjects", "", "only these programs, separated by commas")
	under := flag.String("loads", strings.Join(loadNames, ","), "only these loads")
	oneCore := flag.Bool("one-core", false, "use one core only")
	blind := flag.Bool("blind", false, "leave the program's events out")
	atLeast := flag.Float64("at-least", 0.7, "the share of the possible speed-up that is wanted")
	budget := flag.Duration("budget", speedup.DefaultBudget, "how long one verdict may take")
	limit := flag.Duration("limit", 0, "stop after this time; 0: never")
	seed := flag.Uint64("seed", 1, "for the order of the runs and the bursts")
	kept := flag.String("book", "", "keep verdicts in this CSV file, and go on where it ends")
	report := flag.String("cost", "", "print only what the speed-up checks in this report of \"grade --format json\" took")
	verbose := flag.Bool("v", false, "print every wrong verdict")
	flag.Parse()
	if *report != "" {
		return 0, printCost(os.Stdout, *report)
	}
	if *oneCore {
		if err := becomeOneCore(); err != nil {
			return 0, fmt.Errorf("cannot use one core only: %w", err)
		}
	}
	// The loads are threads of this process; they must not hold up the rest of it.
	runtime.GOMAXPROCS(runtime.NumCPU() + 4)
	chosen, err := choose(*names)
	if err != nil {
		return 0, err
	}
	loads, err := chooseLoads(*under)
	if err != nil {
		return 0, err
	}
	if *limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *limit)
		defer cancel()
	}
	fmt.Printf("%d programs, %d loads, %d times each; %d cores\n\n", len(chosen), len(loads), *times, runtime.NumCPU())
	t := newTable()
	book, err := openBook(*kept, t.add)
	if err != nil {
		return 0, err
	}
	defer t.print(os.Stdout)
	broken := 0
	// Round by round, so that a bench that is stopped early has seen everything
	// equally often.
	for i := range *times {
		for _, load := range loads {
			missing := book.missing(i, load, chosen)
			if len(missing) == 0 {
				continue // a load that nobody is graded under takes its second for nothing
			}
			stop := load.start(rand.New(rand.NewPCG(*seed, uint64(i))))
			for _, s := range missing {
				w := startWatch()
				report, err := grade(ctx, s, *atLeast, *budget, *blind, *seed+uint64(i))
				if ctx.Err() != nil {
					stop()
					return t.wrong(), nil
				}
				if err != nil {
					// A machine out of breath must not end a bench of hours. What is not in
					// the book is graded when the bench goes on.
					err = fmt.Errorf("%s under load %q: %w", s.name, load.name, err)
					if broken++; broken == mostBroken {
						stop()
						return t.wrong(), err
					}
					fmt.Fprintln(os.Stderr, err)
					continue
				}
				v := verdictOf(i, s, load, report, w.others())
				if err := errors.Join(t.add(v), book.write(v)); err != nil {
					stop()
					return t.wrong(), err
				}
				if *verbose && report.Status != s.want {
					explain(os.Stdout, s, load, report)
				}
			}
			stop()
		}
	}
	return t.wrong(), nil
}

// explain prints what led to a wrong verdict.
func explain(w *os.File, s subject, l load, r *speedup.Report) {
	text, err := json.Marshal(struct {
		Status, Summary, Why any
		Measured, Logical    any
		Reasons, Pairs       any
	}{r.Status, r.Summary, r.Why, r.Measured, r.Logical, r.Reasons, r.Pairs})
	if err != nil {
		text = []byte(err.Error())
	}
	fmt.Fprintf(w, "WRONG: %s, %s: %s\n", s.name, l.name, text)
}
