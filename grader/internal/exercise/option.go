package exercise

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// option is a word "-name=value" before a command's other words: how it is read, and
// how it is written.
type option struct {
	name, value string // value is empty where the flag has none
	set         func(c *Call, value string) error
	say         func(c *Call) []string // its values, "" where it has none; nil where it is not given
}

var options = []option{
	{"at-least", "SHARE",
		func(c *Call, v string) (err error) { c.AtLeast, err = share(v); return err },
		func(c *Call) []string { return one(c.AtLeast != 0, fmt.Sprint(c.AtLeast)) }},
	{"budget", "DURATION",
		func(c *Call, v string) error { return c.Budget.parse(v) },
		func(c *Call) []string { return one(c.Budget != 0, c.Budget.Std().String()) }},
	{"capacity-zero", "warn",
		func(c *Call, v string) error {
			if c.CapacityZero = v; v != "warn" {
				return errors.New("warn")
			}
			return nil
		},
		func(c *Call) []string { return one(c.CapacityZero != "", c.CapacityZero) }},
	numberOption("deaths", "N", 0, 1, mostDeaths, func(c *Call) *int { return &c.Deaths }),
	fileOption("dialogue", func(c *Call) *string { return &c.Dialogue }),
	fileOption("each", func(c *Call) *string { return &c.Each }),
	{"env", "KEY=VALUE",
		func(c *Call, v string) error {
			key, _, given := strings.Cut(v, "=")
			if !given || !variableForm().MatchString(key) {
				return errors.New("KEY=VALUE")
			}
			c.Env = append(c.Env, v)
			return nil
		},
		func(c *Call) []string { return c.Env }},
	{"exit", "CODES",
		func(c *Call, v string) error { return c.Exit.parse(v) },
		func(c *Call) []string { return one(c.Exit != Codes{}, c.Exit.String()) }},
	{"hold", "ORDER",
		func(c *Call, v string) error {
			var h Hold
			err := h.parse(v)
			c.Hold = append(c.Hold, h)
			return err
		},
		func(c *Call) (words []string) {
			for _, h := range c.Hold {
				words = append(words, h.String())
			}
			return words
		}},
	flagOption("one", func(c *Call) *bool { return &c.One }),
	flagOption("own", func(c *Call) *bool { return &c.Own }),
	flagOption("race", func(c *Call) *bool { return &c.Race }),
	numberOption("repeat", "N", 1, 1, mostRepeat, func(c *Call) *int { return &c.Repeat }),
	fileOption("serial", func(c *Call) *string { return &c.Serial }),
	flagOption("shared", func(c *Call) *bool { return &c.Shared }),
	{"signal", "SIGNAL",
		func(c *Call, v string) error {
			var s Signal
			err := s.parse(v)
			if c.Signals = append(c.Signals, s); err == nil && len(c.Signals) > mostSignals {
				err = fmt.Errorf("at most %d in all", mostSignals)
			}
			return err
		},
		func(c *Call) (all []string) {
			for _, s := range c.Signals {
				all = append(all, s.String())
			}
			return all
		}},
	fileOption("stdin", func(c *Call) *string { return &c.Stdin }),
	flagOption("used", func(c *Call) *bool { return &c.Used }),
	numberOption("workers", "N", 0, 2, 64, func(c *Call) *int { return &c.Workers }),
}

func one(given bool, value string) []string {
	if given {
		return []string{value}
	}
	return nil
}

func fileOption(name string, field func(*Call) *string) option {
	return option{name, "FILE",
		func(c *Call, v string) error {
			if *field(c) = v; v == "" {
				return errors.New("a file")
			}
			return nil
		},
		func(c *Call) []string { return one(*field(c) != "", *field(c)) }}
}

func flagOption(name string, field func(*Call) *bool) option {
	return option{name, "",
		func(c *Call, _ string) error { *field(c) = true; return nil },
		func(c *Call) []string { return one(*field(c), "") }}
}

func numberOption(name, value string, usual, low, high int, field func(*Call) *int) option {
	return option{name, value,
		func(c *Call, v string) (err error) { *field(c), err = number(v, low, high); return err },
		func(c *Call) []string { return one(*field(c) != usual, strconv.Itoa(*field(c))) }}
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
		return 0, errors.New("a share above 0 and at most 1")
	}
	return f, nil
}

func optionNamed(name string) option {
	return options[slices.IndexFunc(options, func(f option) bool { return f.name == name })]
}
