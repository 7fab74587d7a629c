// Package exercise reads an exercise.yaml, and the course.yaml that stands beside the
// folders of a course's exercises. In goes a folder, out comes an Exercise whose every
// field was checked, or all of the files' errors at once, each with its file, line and
// column. It runs nothing and reads nothing but those.
package exercise

import (
	"cmp"
	"strings"
)

// Folders of an exercise's that hold programs which prove it: wrong repairs, and other
// right solutions. Nothing that is marked depends on them.
const (
	MutantsFolder = "mutants"
	OthersFolder  = "also"
)

// ProgramsFolder is where the sources of an exercise's programs lie.
const ProgramsFolder = "programs"

// Exercise is one exercise as its instructor declares it.
type Exercise struct {
	ID  string `yaml:"-"` // the folder's name: "10-lost-updates"
	Dir string `yaml:"-"` // the folder, as it was named to Load
	// What its course says of itself; nil: nothing.
	Course *Course `yaml:"-"`
	// Where its course lies; see Place.
	Place string `yaml:"-"`

	// Files of checks that it includes, slash-separated, in the course's folder.
	Included []string `yaml:"-"`

	texts    map[string]*Texts // in other languages
	language string            // that was chosen; empty: the exercise's own

	// The exercise's name, as students read it.
	Title string `yaml:"title" need:"yes"`
	// What it is about, in a word or two: "shared values". Exercises of several chapters may
	// be about the same.
	Topic string `yaml:"topic" need:"yes"`
	// What the program shall do, in a few sentences. Never how.
	Goal string `yaml:"goal" need:"yes"`
	// The exercise's points: the sum over its checks but for bonuses.
	Points int `yaml:"points" need:"yes"`
	// The only files taken from a student. Everything else is the course's.
	Edit []string `yaml:"edit" need:"yes"`
	// The course's own Go files of this folder, which are built with those.
	Support []string `yaml:"support"`
	// Other programs of the course that the student's may execute, by these names, which
	// are on its PATH. The source of each is programs/NAME/main.go.
	Programs []string `yaml:"programs"`
	// The packages that the edited files may import beside lockstep/mp and those that
	// every exercise grants, such as os/exec or net/http; with a minus before it, "-sort",
	// one that they may not, since doing without it is the exercise. Any other is refused.
	Imports []string `yaml:"imports"`
	// What the edited files must not contain: "goroutines", or what a package has by its full
	// name, such as time.Sleep, mp.NewPool or mp.Pool.Close, found by what names mean.
	Forbid []Name `yaml:"forbid"`
	// What the edited files must use, by its full name.
	Require []Name `yaml:"require"`
	// Compiler directives that the edited files may use though they are
	// refused otherwise: "//go:embed", "//go:build".
	Allow []string `yaml:"allow"`
	// Bounds on one run of the program and all its descendants.
	Limits Limits `yaml:"limits"`
	// From a nudge to nearly the answer; shown one by one.
	Hints []string `yaml:"hints" need:"yes"`
	// What is marked, in the order in which it is run.
	Checks []Check `yaml:"checks" need:"yes"`
	// From when on its checks hide nothing: a time with its zone, such as
	// 2026-12-24T18:00:00+01:00, in place of the course's.
	Reveal Moment `yaml:"reveal"`
	// Whether that time had come when the exercise was read.
	Revealed bool `yaml:"-"`
	// What the shipped, broken program must fail.
	Starter Starter `yaml:"starter" need:"yes"`
	// Wrong repairs in mutants/, each with the checks that must catch it. One at least
	// is of each usual kind, by the first word of its name: printed_answer.go,
	// goroutines.go, sleep_instead.go.
	Mutants map[string][]string `yaml:"mutants"`
	// Usual kinds of wrong repairs that can't be handed in here, each with the reason.
	Spared map[string]string `yaml:"spared"`
}

// Check is one thing that is marked.
type Check struct {
	// Of which check it is a case; empty: of none.
	Of string `yaml:"-"`

	// In the place of a check, and alone: all checks of a file, which is a list of such, for
	// several exercises to share; its name counts from the course's folder. Numbers of hints
	// are of those of the exercise.
	Include string `yaml:"include"`
	// The check's name, as students read it; unique in its exercise. Every check has one.
	Name string `yaml:"name" need:"yes"`
	// Points for passing it; 0 for a check that only stands before others.
	Points int `yaml:"points"`
	// Whether the points come beside the exercise's, and failing the check costs nothing.
	Bonus bool `yaml:"bonus"`
	// Bounds on one run of this check, in place of the exercise's.
	Limits *Limits `yaml:"limits"`
	// Checks that must have passed before this one is tried. The build always
	// comes first.
	Needs []string `yaml:"needs"`
	// Left out of the students' repository, until the exercise's "reveal".
	Hidden bool `yaml:"hidden"`
	// How much its failure tells before that: "full", all that was seen; "kinds", of what
	// kind it is, and so no input, as of a hidden check unless it says otherwise; "none".
	Detail Detail `yaml:"detail"`
	// The hints to give when it fails: a number, counted from 1, for that hint and the ones
	// behind it, the next after each failed attempt; a list of numbers for just these; or
	// a mapping of either for each outcome that it names, such as {joined: 3, lost update:
	// [1, 2]}, and no hint for any other. By default, all hints.
	Hint Hint `yaml:"hint"`

	// Several checks in one, each with a name, points, a run and what is expected, or whatever
	// else is its own; any other key of the check holds for all cases. Where checks are named,
	// the check's name stands for all of its cases, and "CHECK: CASE" for one.
	Cases []Case `yaml:"cases"`

	// How the program is run. Every check but a speedup or script has one.
	Run *Run `yaml:"run"`
	// How often it is run; what is expected must hold each time.
	Repeat int `yaml:"repeat"`
	// Signals that it is sent, one after the other: each with whom it is for (the program
	// itself, unless it says "to group", "to child 2" or "to worker-2", the name of a child)
	// and when: once standard output holds a text behind the one of the signal before, such
	// as "TERM after ready", or so many children live at one moment, such as "KILL to child 2
	// at 3 children". That it could be sent is a part of what the check claims.
	Signals []Signal `yaml:"signals"`
	// What the folder that the program begins in holds, and must hold in the end.
	Files *Files `yaml:"files"`
	// Orders of file steps that are forced on each run: "create counter.lock" stops the first
	// process that is about to create that file until another is about to do so, too, and
	// "remove counter.lock until change counter" until another is about to write to that one,
	// or to replace it.
	// Nobody is stopped for long: where no other comes, the first goes on.
	Hold []Hold `yaml:"hold"`
	// Services that run beside the program.
	Fixtures *Fixtures `yaml:"fixtures"`

	// Exactly what the program must print on standard output. In this and the
	// next keys, "{{pid N}}" stands for the pid of the run's Nth process: 0 is the
	// program itself, 1 the first that was started. "{{pid}}" stands for that of a
	// child, whichever it is, another one each time.
	Stdout *string `yaml:"stdout" text:"exact"`
	// A regular expression (Go's syntax) that standard output must match.
	StdoutMatch *Pattern `yaml:"stdout_match"`
	// A regular expression that standard output must not match.
	StdoutNotMatch *Pattern `yaml:"stdout_not_match"`
	// Texts that lines of standard output hold: every line with the first stands before
	// every line with the second, and so on, others between them.
	StdoutOrder []string `yaml:"stdout_order"`
	// The lines of standard output, in any order.
	StdoutUnordered []string `yaml:"stdout_unordered"`
	// A file of the exercise's folder that holds the expected standard output.
	StdoutFile string `yaml:"stdout_file"`
	// Where the expected standard output comes from: "solution" runs the
	// reference solution with the same arguments and input.
	StdoutFrom Source `yaml:"stdout_from"`
	// What students get of a check that draws its arguments and takes the expected
	// output from the solution, which their repository does not hold.
	Published *Published `yaml:"published"`
	// How far a number may be from the expected one where output is compared line by line.
	Tolerance float64 `yaml:"tolerance"`
	// Whether white space is one space wherever there is some where output is compared, and
	// none at the ends of lines; empty lines don't count.
	Loose bool `yaml:"loose"`
	// Exactly what the program must print on standard error; "" for nothing.
	Stderr *string `yaml:"stderr" text:"exact"`
	// A regular expression that standard error must match.
	StderrMatch *Pattern `yaml:"stderr_match"`
	// The exit code, 0 unless given: 3, one of 1..3, or "fails" for any but 0, or a signal.
	Exit Codes `yaml:"exit"`

	// What the program's processes must look like.
	Processes *Processes `yaml:"processes"`
	// What processes must do with what they share.
	Uses *Uses `yaml:"uses"`
	// Explores interleavings: what is expected must hold in each of them.
	Races *Races `yaml:"races"`
	// What a student can bring about who decides himself how such an interleaving goes on.
	Play *Play `yaml:"play"`
	// Builds with the race detector; a report of it in any process fails.
	GoroutineRaces bool `yaml:"goroutine_races"`
	// Compares the program's speed with the serial reference's.
	Speedup *Speedup `yaml:"speedup"`
	// Bounds the memory that processes use.
	Memory *Memory `yaml:"memory"`
	// A testscript, for what the keys above can't say.
	Script *Script `yaml:"script"`

	Pos   Pos    `yaml:"-"`
	Title string `yaml:"-"` // its name in the language that was chosen; empty: it has none there
}

// Run says how the program is started.
type Run struct {
	// Command-line arguments. What stands in double braces is drawn from the seed: "{{int 3
	// 9}}" is a number, "{{float 0.5 2.5 2}}" one with two decimals, "{{word 3 8}}" a word of
	// so many letters, "{{pick red green blue}}" one of these words, and "{{list 3 5 , int 1
	// 9}}" so many of any of them with a comma between two, or another of ;:/|+=._- or what
	// "space" or "line" stands for.
	Args []string `yaml:"args"`
	// Standard input, whole. It can hold draws too, and so can the environment.
	Stdin string `yaml:"stdin" text:"exact"`
	// In place of stdin, a dialogue: steps of which each waits until something is printed, or
	// sends something, in this order; then the input ends. That all of them could be made is a
	// part of what the check claims.
	Dialogue []Turn `yaml:"dialogue"`
	// Environment variables; the program has no others.
	Env map[string]string `yaml:"env"`
}

// Files are those of the folder that the program begins in, which is empty otherwise.
// A name can have folders in it, "in/words"; no file outlives the check.
type Files struct {
	// The texts that it holds before the run, by name.
	Given map[string]string `yaml:"given"`
	// Whether, with "repeat", each run begins with what the one before has left.
	Shared bool `yaml:"shared"`
	// The texts that it must hold after each run, by name, exactly.
	Left map[string]string `yaml:"left"`
	// Regular expressions that texts must match which it holds after each run, by name.
	LeftMatch map[string]*Pattern `yaml:"left_match"`
	// What every child must do to files, managers not counted, in the words of "hold":
	// "change counter", or "create *.lock".
	EachChild []FileStep `yaml:"each_child"`
	// What it must not hold after each run: names, or patterns such as "*.lock".
	Absent []string `yaml:"absent"`
}

// Published is a fixed case of a check, for the students' repository.
type Published struct {
	// The command-line arguments, in place of those of run.
	Args []string `yaml:"args" need:"yes"`
	// Exactly what the program must print, in place of stdout_from.
	Stdout string `yaml:"stdout" need:"yes"`
}

// Processes is what the program's processes must look like, from the kernel's
// facts and not from the program's word.
type Processes struct {
	// How many processes the program starts, itself and managers not counted: who keeps
	// things for others does no work of theirs.
	Children *Count `yaml:"children"`
	// "all": every child, managers too, is waited for by its parent.
	Joined string `yaml:"joined"`
	// How many such children are alive at one moment; a bare number is a minimum, which beside
	// "work" counts only those that used a twentieth of the run's processor time.
	Overlap *Count `yaml:"overlap"`
	// Whether every process has a process id of its own.
	DistinctPIDs bool `yaml:"distinct_pids"`
	// Whether the program owes what this check expects of its output to its children.
	// "together" runs it with children whose functions are not called, and once more with
	// children that do their work while all that they send, store and return is changed
	// and what they print withheld; it wants another outcome each time. "each" also does
	// so with one child, or one task of a pool, at a time. How a child ends, and what other
	// programs do, is not changed.
	Needed string `yaml:"needed"`
	// "each": where one child does what another has done too, so that one can be left
	// out. What they hand over is changed for one at a time, who goes last, and another
	// outcome is wanted each time.
	Used string `yaml:"used"`
	// The share of the run's processor time that the children must have used at least:
	// 0.5 is half.
	Work float64 `yaml:"work"`
}

// Races bounds the exploration of interleavings.
type Races struct {
	// How long to explore when not every interleaving can be tried.
	Budget Duration `yaml:"budget"`
	// How many processes may be killed in a run, each before any of its operations: a child
	// of the program's, or a worker of its pool, for no reason. What is claimed must hold all
	// the same.
	Deaths int `yaml:"deaths"`
	// "warn": also say when the program relies on a pipe's buffer.
	CapacityZero string `yaml:"capacity_zero"`
}

// Play is what is to be brought about by letting a program's processes go one at a time.
type Play struct {
	// "lost update", "data race", "deadlock" or "wrong outcome".
	Goal Goal `yaml:"goal" need:"yes"`
	// How many of them: of lost updates. By default, one.
	Times int `yaml:"times"`
}

// Speedup compares a serial and a parallel run.
type Speedup struct {
	// The run of the course's own serial reference.
	Serial *Run `yaml:"serial" need:"yes"`
	// The serial run is the student's program's, too: where what it works out is up to him.
	Own bool `yaml:"own"`
	// The run of the student's program.
	Parallel *Run `yaml:"parallel" need:"yes"`
	// The number of worker processes that share the work.
	Workers int `yaml:"workers" need:"yes"`
	// The share of what min(workers, the machine's capacity) allows.
	AtLeast float64 `yaml:"at_least" need:"yes"`
	// How long to measure when the verdict is unclear.
	Budget Duration `yaml:"budget"`
}

// Memory bounds what processes use at their peak.
type Memory struct {
	// Of each child.
	Child Bytes `yaml:"child"`
	// Of the whole tree.
	Total Bytes `yaml:"total"`
}

// Fixtures are services that the grader runs beside the program.
type Fixtures struct {
	// A local HTTP server by name: "rates". Its address is in $RATES_URL.
	HTTP string `yaml:"http"`
	// How many of the program's requests to it must be under way at one moment; a
	// bare number is a minimum.
	AtOnce *Count `yaml:"at_once"`
}

// Starter says what the shipped program must fail.
type Starter struct {
	// The checks that the shipped program fails, and no others; or "builds" alone, where it
	// lacks what is required.
	Fails []string `yaml:"fails" need:"yes"`
}

// Limits bound one run and all its descendants; what is left out has the
// default of the column on the right. On a machine that is found to be slow, those on
// time are stretched.
type Limits struct {
	Wall      Duration `yaml:"wall"`      // 10s
	CPU       Duration `yaml:"cpu"`       // 20s
	Memory    Bytes    `yaml:"memory"`    // 256MiB
	Processes int      `yaml:"processes"` // 32
	Output    Bytes    `yaml:"output"`    // 64KiB
	Files     Bytes    `yaml:"files"`     // 16MiB written to /tmp
}

// Source says where an expected output comes from.
type Source string

// Solution takes the expected output from the reference solution.
const Solution Source = "solution"

// Builds is the name of what comes before every check: that the files are taken
// and compile. A mutant may name it as what must catch it.
const Builds = "builds"

// AllHints are the numbers of all hints.
func (e *Exercise) AllHints() []int { return from(1, len(e.Hints)) }

// HintText is a hint by its number, from 1.
func (e *Exercise) HintText(n int) string { return strings.TrimSpace(e.Hints[n-1]) }

// LimitsOf are the bounds on a run of a check: its own, and the exercise's where it has
// none.
func (e *Exercise) LimitsOf(c *Check) Limits {
	l, own := e.Limits, c.Limits
	if own == nil {
		return l
	}
	return Limits{
		cmp.Or(own.Wall, l.Wall), cmp.Or(own.CPU, l.CPU), cmp.Or(own.Memory, l.Memory),
		cmp.Or(own.Processes, l.Processes), cmp.Or(own.Output, l.Output), cmp.Or(own.Files, l.Files),
	}
}

// Most are the points that a check counts for in the exercise's, and those that it can add
// to them.
func (c *Check) Most() (counted, bonus int) {
	if c.Bonus {
		return 0, c.Points
	}
	return c.Points, 0
}

// Check returns the check of that name, and whether there is one.
func (e *Exercise) Check(name string) (*Check, bool) {
	for i := range e.Checks {
		if e.Checks[i].Name == name {
			return &e.Checks[i], true
		}
	}
	return nil, false
}
