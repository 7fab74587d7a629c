package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

// cli is one call of a subcommand: its flags, its arguments and the course.
type cli struct {
	streams
	sub    subcommand
	flags  *flag.FlagSet
	raw    []string
	course string // the course's folder
	lang   string // the language of its texts; empty: its own

	listing bool // only the flags are wanted, of a call that may not be whole yet
}

// errHelp means that nothing was to be done: help was shown, or the flags were wanted.
var errHelp = errors.New("help was shown")

func newCLI(sub subcommand, args []string, s streams) *cli {
	c := &cli{streams: s, sub: sub, raw: args}
	// A set of its own: testscript registers flags on the global one.
	c.flags = flag.NewFlagSet("grader "+sub.name, flag.ContinueOnError)
	c.flags.SetOutput(io.Discard)
	c.flags.StringVar(&c.course, "course", "", "the course's `DIR`, somewhere in a clone of Lockstep; by default the one around the working folder")
	c.flags.StringVar(&c.lang, "lang", "", "what the course says in the language `LANG`, such as de, where it has that; what the grader says is English")
	return c
}

// parse reads the flags, which may stand before, between and behind the
// arguments, and returns the arguments. The examples end the help text.
func (c *cli) parse(examples string) ([]string, error) {
	var args []string
	rest := c.raw
	for {
		err := c.flags.Parse(rest)
		if c.listing && (err != nil || c.flags.NArg() == 0) {
			return nil, errHelp
		}
		if errors.Is(err, flag.ErrHelp) {
			c.help(examples)
			return nil, errHelp
		}
		if err != nil {
			return nil, usage.Errorf("%w (see grader %s --help)", err, c.sub.name)
		}
		rest = c.flags.Args()
		if len(rest) == 0 {
			if c.sub.args == "" && len(args) > 0 {
				return nil, usage.Errorf("%s takes no arguments (see grader %s --help)", c.sub.name, c.sub.name)
			}
			return args, nil
		}
		args = append(args, rest[0])
		rest = rest[1:]
	}
}

func (c *cli) help(examples string) {
	fmt.Fprintf(c.out, "usage: grader %s\n\n%s.\n\nflags:\n", strings.TrimSpace(c.sub.name+" [FLAG…] "+c.sub.args), c.sub.summary)
	c.flags.VisitAll(func(f *flag.Flag) {
		name, text := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			text += fmt.Sprintf(" (%s)", f.DefValue)
		}
		fmt.Fprintf(c.out, "  %-22s %s\n", strings.TrimSpace("--"+f.Name+" "+name), text)
	})
	fmt.Fprintf(c.out, "\nexamples:\n%s", examples)
}

// detail is the flag that says how much of failures is told.
func (c *cli) detail() *exercise.Detail {
	var d exercise.Detail
	c.flags.Func("detail", "tell `LEVEL` of failures, instead of what the course says: full, kinds or none", func(text string) (err error) {
		d, err = exercise.ParseDetail(text)
		return err
	})
	return &d
}

// load reads the course and picks the exercises that were named, or all.
func (c *cli) load(names []string) ([]*exercise.Exercise, error) {
	root, err := c.root()
	if err != nil {
		return nil, err
	}
	var exercises []*exercise.Exercise
	if len(names) == 0 {
		exercises, err = exercise.LoadAll(root)
	} else {
		var ids []string
		if ids, err = pickAll(root, names); err == nil {
			exercises, err = exercise.LoadThese(root, ids)
		}
	}
	if err == nil {
		exercises, err = exercise.In(c.lang, exercises)
	}
	if err != nil {
		return nil, &usage.Error{Err: err}
	}
	return exercises, nil
}

// root is the folder of the exercises of the course, which is the one around the working
// folder where none is named.
func (c *cli) root() (dir string, err error) {
	if c.course == "" {
		if c.course, err = findCourse(); err != nil {
			return "", err
		}
	} else if _, err := exercise.Home(c.course); err != nil {
		return "", &usage.Error{Err: err}
	}
	return filepath.Join(c.course, "exercises"), nil
}

// pickAll finds the exercises that were named, each once.
func pickAll(root string, names []string) ([]string, error) {
	all, err := exercise.IDs(root)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		id, err := pick(all, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// one is load for a subcommand that takes exactly one exercise.
func (c *cli) one(args []string) (*exercise.Exercise, error) {
	if len(args) != 1 {
		return nil, usage.Errorf("name one exercise, as in: %s", c.sub.typed("10"))
	}
	picked, err := c.load(args)
	if err != nil {
		return nil, err
	}
	return picked[0], nil
}

// current is one for a subcommand that means the exercise to work at, unless another is
// named.
func (c *cli) current(args []string) (*exercise.Exercise, error) {
	if len(args) > 0 {
		return c.one(args)
	}
	w, err := c.openWork()
	if err != nil {
		return nil, err
	}
	e, ok := w.Next()
	if !ok {
		first := w.Exercises[0]
		return nil, usage.Errorf("%s; name one, as in: %s%s", w.AllDone(), c.sub.typed(first.Number()), first.CourseTyped())
	}
	return e, nil
}

// pick finds an exercise by its number, its name, both, or a part of its name that no other
// has.
func pick(all []string, name string) (string, error) {
	name = filepath.Base(filepath.Clean(name))
	if id := exercise.Named(name, all); id != "" {
		return id, nil
	}
	var names []string  // that are close to what people type: without the number
	var within []string // that have the name in theirs
	for _, id := range all {
		_, words, _ := strings.Cut(id, "-")
		names = append(names, words)
		if strings.Contains(words, name) {
			within = append(within, id)
		}
		if name == words {
			return id, nil
		}
	}
	switch {
	case len(within) == 1:
		return within[0], nil
	case len(within) > 1 && len(within) < len(all):
		return "", usage.Errorf("there are several exercises with %q: %s", name, strings.Join(within, ", "))
	}
	if near, ok := exercise.Nearest(strings.TrimLeft(name, "0123456789-"), names); ok {
		return "", usage.Errorf("there is no exercise %q; did you mean %s?", name, all[slices.Index(names, near)])
	}
	return "", usage.Errorf("there is no exercise %q; `make list` shows them", name)
}

// findCourse looks for the course's folder from the working folder upwards.
func findCourse() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if isCourse(dir) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", usage.Errorf("this folder is in no course: call grader inside one, or name it by --course DIR")
		}
		dir = parent
	}
}

// isCourse reports whether a folder is a course: all of its home, or one of several in
// there, which has a file that says so. What somebody has handed in has exercises, too.
func isCourse(dir string) bool {
	there := func(name string) bool { _, err := os.Stat(filepath.Join(dir, "exercises", name)); return err == nil }
	home, err := exercise.Home(dir)
	return err == nil && there("") && (home == dir || there(exercise.CourseFile))
}

func nearestSubcommand(name string) (string, bool) {
	var names []string
	for _, sub := range subcommands() {
		names = append(names, sub.name)
	}
	return exercise.Nearest(name, names)
}
