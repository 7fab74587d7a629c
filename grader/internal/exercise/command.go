package exercise

import (
	"fmt"
	"slices"
	"strings"
)

// Command is one that a script may use. Nothing else is allowed in one: none of
// testscript's own commands, some of which start processes past the box and all of
// which know nothing of the program.
type Command struct {
	Name    string
	Rest    string // what follows the flags, as the reference writes it
	Does    string // a line for the reference
	Negated bool   // `!` turns it round; elsewhere it is refused
	Runs    bool   // it runs the student's program

	flags       []string // that it may have, by name; the first `needs` of them it must have
	needs       int
	least, most int // words after the flags; most is -1 where there is no end

	read func(c *Call, row *Command) error // understands the words after the flags; may be nil
}

// Commands are all there are, sorted by name. A script is read by this table when
// its exercise is loaded, and written by it; the reference in CONTRIBUTING.md is made
// of it. What a row does stands in package script, under the same name.
var Commands = []Command{
	{Name: "cp", Rest: "stdout|stderr FILE", least: 2, most: 2, read: readCopy,
		Does: "keeps what the last `program` printed, to compare a later run with it"},
	{Name: "expect", Rest: "CLAIM", Negated: true, least: 1, most: -1, read: readClaim,
		Does: "claims something of every run of the last `program`; see below"},
	{Name: "fixture", Rest: "http NAME", least: 2, most: 2, read: readFixture,
		Does: "runs a local server beside the program, its address in `$NAME_URL`"},
	{Name: "folder", Rest: "NAME=FILE…", flags: []string{"shared"}, most: -1, read: readFolder,
		Does: "gives every run that follows these files; with `-shared`, each begins with what the one before has left"},
	{Name: "idle", Rest: "ARG…", Runs: true, flags: []string{"each", "one", "used", "signal", "stdin", "dialogue", "env"}, needs: 1, most: -1, read: readIdle,
		Does: "runs the program with children that do nothing, and with children that hand over and print something else than they do, which must not give what the file claims; with `-one`, also with one child, or one task of a pool, of either kind; with `-used`, of the second"},
	{Name: "interleavings", Rest: "ARG…", Runs: true, flags: []string{"each", "budget", "deaths", "capacity-zero", "stdin", "env"}, needs: 1, most: -1,
		Does: "explores interleavings; every claim of the file must hold in each, also where so many processes are killed, at any moment"},
	{Name: "program", Rest: "ARG…", Negated: true, Runs: true, flags: []string{"repeat", "race", "hold", "signal", "stdin", "dialogue", "env"}, most: -1,
		Does: "runs the student's program in the box; with `!`, it must end with another exit code than 0; with `-signal='INT to group after ready'`, as `signals:` has them, it is sent signals, which it must come to; with `-hold='create counter.lock'`, as `hold:` has them, orders of file steps are forced on it; with `-dialogue`, it must answer as the file says, a step a line: `expect \"name? \"`, `match \"^[0-9]+$\"` (a whole line), `send \"Ada\\n\"`"},
	{Name: "reference", Rest: "ARG…", flags: []string{"exit", "signal", "stdin", "dialogue", "env"}, most: -1,
		Does: "runs the course's solution, which must end with such an exit code, and leaves what it prints in `reference/stdout`"},
	{Name: "speedup", Rest: "ARG…", Runs: true, flags: []string{"workers", "at-least", "serial", "own", "budget", "stdin", "env"}, needs: 3, most: -1,
		Does: "compares the speed with the reference's, whose arguments stand in the file, one a line; with `-own`, with that of the student's program with those arguments"},
}

// Usage is how a command is written, its name left out.
func (c *Command) Usage() string {
	var words []string
	for i, name := range c.flags {
		word := "-" + name
		if f := optionNamed(name); f.value != "" {
			word += "=" + f.value
		}
		if i >= c.needs {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(append(words, c.Rest), " ")
}

// commandNamed is nil where there is none of that name.
func commandNamed(name string) *Command {
	for i := range Commands {
		if Commands[i].Name == name {
			return &Commands[i]
		}
	}
	return nil
}

// Call is one line of a script as values.
type Call struct {
	Name   string // the command's
	Not    bool   // a `!` stands before it
	Args   []string
	Claims []Expectation // the one of an expect, or those of the file Each

	Shared              bool
	Repeat              int // 1 unless given
	Race                bool
	Signals             []Signal
	Exit                Codes
	Hold                []Hold
	Env                 []string // KEY=VALUE
	One, Used, Own      bool
	Stdin, Each, Serial string   // files; empty where not given
	SerialArgs          []string // that stand in the file Serial
	Dialogue            string   // a file, too
	Turns               []Turn   // that stand in it
	Budget              Duration
	Deaths              int
	CapacityZero        string
	Workers             int
	AtLeast             float64

	Err error // a draw made of it what can't be

	words []word // behind the command's name, shorthands written out, as they were read
	line  int    // of the script, from 0
}

// Expect is the line that makes a claim.
func Expect(x Expectation) Call {
	words := x.words()
	c := Call{Name: "expect", Claims: []Expectation{x}, Not: words[0] == "!", Args: words}
	if c.Not {
		c.Args = words[1:]
	}
	return c
}

// String writes a line as it can be read back.
func (c *Call) String() string {
	words := []string{c.Name}
	flags := commandNamed(c.Name).flags
	for _, name := range flags {
		for _, value := range optionNamed(name).say(c) {
			words = append(words, "-"+name+when(value != "", "="+value))
		}
	}
	if len(flags) > 0 && len(c.Args) > 0 && strings.HasPrefix(c.Args[0], "-") {
		words = append(words, "--")
	}
	if words = append(words, c.Args...); c.Not {
		words = append([]string{"!"}, words...)
	}
	return quoteAll(words)
}

// files are the names of the script's files that a call reads.
func (c *Call) files() []string {
	names := []string{c.Stdin, c.Dialogue, c.Each, c.Serial}
	if c.Name == "folder" {
		for _, g := range c.Given() {
			names = append(names, g.File)
		}
	}
	if c.Name == "expect" {
		names = append(names, fileOf(c.Claims[0]))
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// fileOf is the file that a claim compares with, if it does.
func fileOf(x Expectation) string {
	switch x := x.(type) {
	case Output:
		return x.File
	case Leaves:
		return x.File
	}
	return ""
}

// WordError is a fault of a script's line, at one of the words that were read: -1
// is the command's own name, or the line as a whole.
type WordError struct {
	Word int
	Text string
}

func (e *WordError) Error() string { return e.Text }

func wrong(word int, format string, args ...any) error {
	return &WordError{word, fmt.Sprintf(format, args...)}
}

// ReadCall understands a command and the words behind its name. Flags stand first;
// a bare "--" ends them, so that a program can be given such words too. The error
// is a *WordError.
func ReadCall(name string, not bool, words []string) (*Call, error) {
	row := commandNamed(name)
	if row == nil {
		return nil, unknownCommand(name)
	}
	c := &Call{Name: name, Not: not, Repeat: 1}
	if not && !row.Negated {
		return nil, wrong(-1, "! %s is refused: only expect and program can be turned round", name)
	}
	at, err := c.readFlags(row, words)
	if err != nil {
		return nil, err
	}
	if c.Stdin != "" && c.Dialogue != "" {
		return nil, wrong(-1, "%s: a dialogue takes the place of standard input: keep one", name)
	}
	c.Args = words[at:]
	if n := len(c.Args); n < row.least || row.most >= 0 && n > row.most {
		return nil, row.usage(-1)
	}
	if row.read == nil {
		return c, nil
	}
	return c, later(row.read(c, row), at)
}

// readFlags reads the flags and returns how many words they are.
func (c *Call) readFlags(row *Command, words []string) (at int, err error) {
	given := map[string]bool{}
	for ; len(row.flags) > 0 && at < len(words) && strings.HasPrefix(words[at], "-"); at++ {
		if words[at] == "--" {
			at++
			break
		}
		key, value, valued := strings.Cut(words[at][1:], "=")
		if !slices.Contains(row.flags, key) {
			return 0, wrong(at, "%s has no flag -%s; usage: %s %s (words of the program's own stand behind --)", c.Name, key, c.Name, row.Usage())
		}
		f := optionNamed(key)
		if given[key] && key != "env" && key != "hold" && key != "signal" {
			return 0, wrong(at, "-%s is given twice", key)
		}
		given[key] = true
		if valued != (f.value != "") {
			return 0, row.usage(at)
		}
		if err := f.set(c, value); err != nil {
			return 0, wrong(at, "-%s: found %q, needs %v", key, value, err)
		}
	}
	for _, need := range row.flags[:row.needs] {
		if !given[need] {
			return 0, row.usage(-1)
		}
	}
	return at, nil
}

func (row *Command) usage(word int) error {
	return wrong(word, "usage: %s %s", row.Name, row.Usage())
}

func readClaim(c *Call, _ *Command) error {
	x, err := ReadExpectation(c.Not, c.Args)
	c.Claims = []Expectation{x}
	return err
}

func readIdle(c *Call, _ *Command) error {
	if (len(c.Signals) > 0 || c.Dialogue != "") && (c.One || c.Used) {
		return wrong(-1, "idle with signals or a dialogue: only all the children's work can be left out at once, without -one and -used")
	}
	return nil
}

func readFixture(c *Call, row *Command) error {
	switch {
	case c.Args[0] != "http":
		return row.usage(0)
	case !slices.Contains(fixtures, c.Args[1]):
		return wrong(1, "fixture http: found %q, can be %s", c.Args[1], list(fixtures))
	}
	return nil
}

func readCopy(c *Call, row *Command) error {
	switch {
	case c.Args[0] != "stdout" && c.Args[0] != "stderr":
		return row.usage(0)
	case !localName(c.Args[1]):
		return wrong(1, "cp: %q is not a file of the script's folder", c.Args[1])
	}
	return nil
}

// insteads are commands that people try, with what to write.
var insteads = map[string]string{
	"cat":    "nothing is printed by a script; cmp stdout FILE compares",
	"cmp":    "it is written cmp stdout FILE, or cmp stderr FILE",
	"env":    "the program's variables are given by program -env=KEY=VALUE",
	"exec":   "use program, which runs the student's program inside its limits",
	"kill":   "a program is sent a signal by program -signal='TERM after ready'",
	"skip":   "a check that is not ready is left out of the file",
	"stdin":  "the program's input is given by program -stdin=FILE",
	"stop":   "a check that is not ready is left out of the file",
	"wait":   "program returns when every process of the run has ended",
	"--":     "a file's header begins its line and has a space on both sides of the name: -- NAME --",
	"exists": "use expect file NAME matches REGEXP, or expect file NAME absent",
	"grep":   "use stdout REGEXP, or expect stdout matches REGEXP",
}

func unknownCommand(name string) error {
	var names []string
	for _, c := range Commands {
		names = append(names, c.Name)
	}
	for _, s := range shorthands {
		names = append(names, s.short)
	}
	slices.Sort(names)
	if why, tried := insteads[name]; tried {
		return wrong(-1, "%s is refused: %s", name, why)
	}
	if near, ok := Nearest(name, names); ok {
		return wrong(-1, "there is no command %q; did you mean %s?", name, near)
	}
	return wrong(-1, "there is no command %q; there are %s", name, list(names))
}
