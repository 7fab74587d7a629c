// Command grader marks the exercises of a course on multi-process programming.
// It reads what an exercise declares, builds a student's programs, runs them as
// the several processes that they are, and says what holds and what does not.
//
// Each subcommand is a file of this package: its flags, and what they set going in the
// packages below internal. The way that a submission takes is internal/grading.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/usage"
)

// Exit codes, the same for every subcommand.
const (
	exitPassed = 0 // everything passed
	exitFailed = 1 // something was marked as failed
	exitUsage  = 2 // the command line or a course file is wrong
	exitBroken = 3 // the grader broke
)

func main() {
	box.Init()    // in a process that is the box's own, this never returns
	build.Init()  // nor this, in the go command's helper
	script.Init() // nor this, in the capacity probe
	// Most calls are short: the collector waits for 16 MB of garbage instead of 4, and most end
	// before. Nobody writes to these bytes, so that they take no memory.
	ballast := make([]byte, 16<<20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// streams are where a subcommand reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A subcommand is one verb of the command line.
type subcommand struct {
	name    string
	args    string // as the usage shows them
	summary string // one line
	run     func(ctx context.Context, c *cli) error
}

// typed is what people type to have a subcommand work at an exercise.
func (s subcommand) typed(ex string) string {
	if s.name == "script" { // is for instructors
		return "grader script " + ex
	}
	return fmt.Sprintf("make %s EX=%s", s.name, ex)
}

// subcommands in the order in which the usage lists them.
func subcommands() []subcommand {
	return []subcommand{
		{"grade", "[EX…]", "mark exercises and say what is wrong", runGrade},
		{"watch", "[EX]", "mark the exercise that you work at whenever you save it", runWatch},
		{"list", "", "list the exercises, and which are done", runList},
		{"next", "", "show the exercise to work at next", runNext},
		{"show", "[EX]", "say what an exercise's program shall do", runShow},
		{"hint", "[EX]", "give a hint, one more each time", runHint},
		{"solution", "EX", "show the course's own solution beside yours, once you have one", runSolution},
		{"reset", "[EX]", "begin an exercise again; your work is kept", runReset},
		{"doctor", "", "say how well programs are confined on this machine", runDoctor},
		{"version", "", "say which grader, course and Go these are", runVersion},
		{"completion", "bash|zsh|fish", "print what makes a shell complete subcommands, flags and exercises", runCompletion},
		{"explain", "[WORD]", "say what a word of the grader's means", runExplain},
		{"script", "EX", "print the scripts that an exercise's checks become", runScript},
		{"replay", "EX", "run one interleaving again", runReplay},
		{"fixture", "NAME", "serve what exercises ask, for a program that you run by hand", runFixture},
		{"play", "[EX]", "decide yourself which process goes on", runPlay},
		{"new", "NAME", "write a new exercise that already works", runNew},
		{"move", "EX NUMBER", "give an exercise another number; others make room", runMove},
		{"schema", "[exercise|course|checks|texts|course-texts|report]", "print the JSON Schema of exercise.yaml or another file of a course, for editors, or of what grade --format json writes", runSchema},
		{"reference", "", "write all that exercise.yaml, scripts and verdicts can say, as Markdown", runReference},
		{"check", "[EX…]", "prove that starters fail, solutions pass and mutants are caught", runCheck},
		{"mutants", "EX", "write the usual wrong repairs of an exercise, and say which no check catches", runMutants},
		{"publish", "DIR", "write the students' repository, or a classroom's autograder", runPublish},
		{"site", "DIR", "write the course as pages for a site of your own", runSite},
		{"update", "DIR", "bring a correction of the course into a student's repository", runUpdate},
		{"class", "DIR…", "mark many submissions", runClass},
		{"similar", "DIR…", "list submissions that are alike, for a teacher to look at", runSimilar},
		{"merge", "DIR…", "put together what several machines marked of a class", runMerge},
	}
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, s streams) int {
	if len(args) == 0 {
		showUsage(s.err)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) > 1 {
			args = []string{args[1], "--help"}
			break
		}
		showUsage(s.out)
		return exitPassed
	}
	for _, sub := range subcommands() {
		if sub.name == args[0] {
			return exitCode(sub, sub.run(ctx, newCLI(sub, args[1:], s)), s.err)
		}
	}
	fmt.Fprintf(s.err, "grader: no subcommand %q", args[0])
	if near, ok := nearestSubcommand(args[0]); ok {
		fmt.Fprintf(s.err, "; did you mean %s?", near)
	}
	fmt.Fprintln(s.err, "\ngrader: `grader help` lists them")
	return exitUsage
}

// exitCode turns a subcommand's end into an exit code, and says on standard
// error what a person has to know.
func exitCode(sub subcommand, err error, w io.Writer) int {
	var wrong *usage.Error
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitPassed
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &wrong):
		fmt.Fprintf(w, "grader %s: %v\n", sub.name, err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(w, "grader %s: stopped\n", sub.name)
		return exitBroken
	}
	fmt.Fprintf(w, "grader %s: %v\n", sub.name, err)
	return exitBroken
}

// errFailed means that something was marked as failed: all was said already.
var errFailed = errors.New("something failed")

func showUsage(w io.Writer) {
	fmt.Fprint(w, `grader marks exercises on multi-process programming.

usage: grader SUBCOMMAND [FLAG…] [EX…]

`)
	for _, sub := range subcommands() {
		fmt.Fprintf(w, "  %-10s %-8s %s\n", sub.name, sub.args, sub.summary)
	}
	fmt.Fprint(w, `
EX is an exercise: its number (10), its name (lost-updates), or both.
`+"`grader SUBCOMMAND --help`"+` lists a subcommand's flags, with examples.

environment:
  NO_COLOR        no colours
  LOCKSTEP_CACHE  the folder that keeps verdicts of unchanged work, instead of the
                  user's own cache folder
  LOCKSTEP_STATE  the folder that keeps a student's progress, instead of .lockstep
                  in the course; it can be deleted

exit codes: 0 all passed, 1 something failed, 2 wrong usage or course files,
3 the grader broke
`)
}
