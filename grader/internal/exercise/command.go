package exercise

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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
}

// Commands are all there are, sorted by name. A script is read by this table when
// its exercise is loaded and again when it is run; the reference in CONTRIBUTING.md
// is made of it. What a row does stands in package script, under the same name.
var Commands = []Command{
	{Name: "cp", Rest: "stdout|stderr FILE", least: 2, most: 2,
		Does: "keeps what the last `program` printed, to compare a later run with it"},
	{Name: "expect", Rest: "CLAIM", Negated: true, least: 1, most: -1,
		Does: "claims something of every run of the last `program`; see below"},
	{Name: "fixture", Rest: "http NAME", least: 2, most: 2,
		Does: "runs a local server beside the program, its address in `$NAME_URL`"},
	{Name: "idle", Rest: "ARG…", Runs: true, flags: []string{"each", "one", "used", "stdin", "env"}, needs: 1, most: -1,
		Does: "runs the program with children that do nothing, and with children that hand over and print something else than they do, which must not give what the file claims; with `-one`, also with one child, or one task of a pool, of either kind; with `-used`, of the second"},
	{Name: "interleavings", Rest: "ARG…", Runs: true, flags: []string{"each", "budget", "capacity-zero", "stdin", "env"}, needs: 1, most: -1,
		Does: "explores interleavings; every claim of the file must hold in each"},
	{Name: "program", Rest: "ARG…", Negated: true, Runs: true, flags: []string{"repeat", "race", "stdin", "env"}, most: -1,
		Does: "runs the student's program in the box; with `!`, it must end with another exit code than 0"},
	{Name: "reference", Rest: "ARG…", flags: []string{"exit", "stdin", "env"}, most: -1,
		Does: "runs the course's solution, which must end with that exit code, and leaves what it prints in `reference/stdout`"},
	{Name: "speedup", Rest: "ARG…", Runs: true, flags: []string{"workers", "at-least", "serial", "budget", "stdin", "env"}, needs: 3, most: -1,
		Does: "compares the speed with the reference's, whose arguments stand in the file, one a line"},
}

// option is a word "-name=value" before a command's other words.
type option struct {
	name, value string // value is empty where the flag has none
	set         func(c *Call, value string) error
}

var options = []option{
	{"at-least", "SHARE", func(c *Call, v string) (err error) { c.AtLeast, err = share(v); return err }},
	{"budget", "DURATION", func(c *Call, v string) error {
		var d Duration
		err := d.parse(v)
		c.Budget = d.Std()
		return err
	}},
	{"capacity-zero", "warn", func(c *Call, v string) error {
		if c.CapacityZero = v; v != "warn" {
			return fmt.Errorf("warn")
		}
		return nil
	}},
	{"each", "FILE", fileOption(func(c *Call) *string { return &c.Each })},
	{"env", "KEY=VALUE", func(c *Call, v string) error {
		key, _, given := strings.Cut(v, "=")
		if !given || !variableForm.MatchString(key) {
			return fmt.Errorf("KEY=VALUE")
		}
		c.Env = append(c.Env, v)
		return nil
	}},
	{"exit", "CODE", func(c *Call, v string) (err error) { c.Exit, err = number(v, 0, 255); return err }},
	{"one", "", func(c *Call, _ string) error { c.One = true; return nil }},
	{"race", "", func(c *Call, _ string) error { c.Race = true; return nil }},
	{"repeat", "N", func(c *Call, v string) (err error) { c.Repeat, err = number(v, 1, mostRepeat); return err }},
	{"serial", "FILE", fileOption(func(c *Call) *string { return &c.Serial })},
	{"stdin", "FILE", fileOption(func(c *Call) *string { return &c.Stdin })},
	{"used", "", func(c *Call, _ string) error { c.Used = true; return nil }},
	{"workers", "N", func(c *Call, v string) (err error) { c.Workers, err = number(v, 2, 64); return err }},
}

func fileOption(field func(*Call) *string) func(*Call, string) error {
	return func(c *Call, v string) error {
		if *field(c) = v; v == "" {
			return fmt.Errorf("a file")
		}
		return nil
	}
}

// number reads a whole number; the error says what is allowed.
func number(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("a whole number from %d to %d", low, high)
	}
	return n, nil
}

// share reads a part of a whole.
func share(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f > 0 && f <= 1) {
		return 0, fmt.Errorf("a share above 0 and at most 1")
	}
	return f, nil
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

func optionNamed(name string) option {
	return options[slices.IndexFunc(options, func(f option) bool { return f.name == name })]
}

// Call is one line of a script, understood.
type Call struct {
	Command *Command
	Negated bool
	Args    []string     // the words behind the flags
	Expect  *Expectation // of an expect

	Repeat              int // 1 unless given
	Race                bool
	Exit                int
	Env                 []string // KEY=VALUE
	One, Used           bool
	Stdin, Each, Serial string // files; empty where not given
	Budget              time.Duration
	CapacityZero        string
	Workers             int
	AtLeast             float64

	line int // of the script, from 0
}

// Files are the names of the script's files that a call reads.
func (c *Call) Files() []string {
	names := []string{c.Stdin, c.Each, c.Serial}
	if c.Expect != nil {
		names = append(names, c.Expect.File)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
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
func ReadCall(name string, negated bool, words []string) (*Call, error) {
	i := slices.IndexFunc(Commands, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return nil, unknownCommand(name)
	}
	c := &Call{Command: &Commands[i], Negated: negated, Repeat: 1}
	usage := func(word int) error { return wrong(word, "usage: %s %s", name, c.Command.Usage()) }
	if negated && !c.Command.Negated {
		return nil, wrong(-1, "! %s is refused: only expect and program can be turned round", name)
	}
	given, at := map[string]bool{}, 0
	for ; len(c.Command.flags) > 0 && at < len(words) && strings.HasPrefix(words[at], "-"); at++ {
		if words[at] == "--" {
			at++
			break
		}
		key, value, valued := strings.Cut(words[at][1:], "=")
		if !slices.Contains(c.Command.flags, key) {
			return nil, wrong(at, "%s has no flag -%s; usage: %s %s (words of the program's own stand behind --)", name, key, name, c.Command.Usage())
		}
		f := optionNamed(key)
		if given[key] && key != "env" {
			return nil, wrong(at, "-%s is given twice", key)
		}
		given[key] = true
		if valued != (f.value != "") {
			return nil, usage(at)
		}
		if err := f.set(c, value); err != nil {
			return nil, wrong(at, "-%s: found %q, needs %v", key, value, err)
		}
	}
	for _, need := range c.Command.flags[:c.Command.needs] {
		if !given[need] {
			return nil, usage(-1)
		}
	}
	c.Args = words[at:]
	if n := len(c.Args); n < c.Command.least || c.Command.most >= 0 && n > c.Command.most {
		return nil, usage(-1)
	}
	switch name {
	case "expect":
		var err error
		c.Expect, err = ReadExpectation(negated, c.Args)
		return c, err
	case "fixture":
		if c.Args[0] != "http" {
			return nil, usage(0)
		}
		if !slices.Contains(fixtures, c.Args[1]) {
			return nil, wrong(1, "fixture http: found %q, can be %s", c.Args[1], list(fixtures))
		}
	case "cp":
		if c.Args[0] != "stdout" && c.Args[0] != "stderr" {
			return nil, usage(0)
		}
		if !localName(c.Args[1]) {
			return nil, wrong(1, "cp: %q is not a file of the script's folder", c.Args[1])
		}
	}
	return c, nil
}

// insteads are commands that people try, with what to write.
var insteads = map[string]string{
	"cat":    "nothing is printed by a script; cmp stdout FILE compares",
	"cmp":    "it is written cmp stdout FILE, or cmp stderr FILE",
	"env":    "the program's variables are given by program -env=KEY=VALUE",
	"exec":   "use program, which runs the student's program inside its limits",
	"kill":   "a run that must be cut short has a wall limit",
	"skip":   "a check that is not ready is left out of the file",
	"stdin":  "the program's input is given by program -stdin=FILE",
	"stop":   "a check that is not ready is left out of the file",
	"wait":   "program returns when every process of the run has ended",
	"--":     "a file's header begins its line and has a space on both sides of the name: -- NAME --",
	"exists": "the program's files are its own; look at what it prints",
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
