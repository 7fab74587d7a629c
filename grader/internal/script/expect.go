package script

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// parseClaim reads the words after `expect`:
//
//	exit CODE
//	stdout|stderr equals|unordered FILE
//	stdout|stderr matches REGEXP
//	processes [children=COUNT] [joined=all] [overlap=COUNT] [distinct-pids] [work=SHARE]
//	memory [child=SIZE] [total=SIZE]
func (c *call) parseClaim(words []string) (func(*box.Observation) Claim, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("expect needs exit, stdout, stderr, processes, memory or no-races")
	}
	switch words[0] {
	case "exit":
		if len(words) != 2 {
			return nil, fmt.Errorf("usage: expect exit CODE")
		}
		code, err := strconv.Atoi(words[1])
		if err != nil {
			return nil, fmt.Errorf("expect exit: %w", err)
		}
		return func(o *box.Observation) Claim { return claimExit(o, code) }, nil
	case "stdout", "stderr":
		return c.parseStream(words)
	case "processes":
		want, err := parseProcesses(words[1:])
		return func(o *box.Observation) Claim { return claimProcesses(o, want) }, err
	case "memory":
		child, total, err := parseMemory(words[1:])
		return func(o *box.Observation) Claim { return claimMemory(o, child, total) }, err
	case "no-races":
		return nil, fmt.Errorf("expect no-races: only of a program that was run by `program -race`")
	}
	return nil, fmt.Errorf("expect %s: there are exit, stdout, stderr, processes, memory and no-races", words[0])
}

// parseExecution reads a claim of a whole execution: any that parseClaim knows, or
//
//	requests at-once=COUNT
//	uses [each-child=USE]… [parent=USE]…
//	no-races
func (c *call) parseExecution(words []string) (func(Execution) Claim, error) {
	if len(words) > 0 && words[0] == "requests" {
		return c.parseRequests(words[1:])
	}
	if len(words) > 0 && words[0] == "uses" {
		return c.parseUses(words[1:])
	}
	if len(words) == 1 && words[0] == "no-races" && c.raced {
		return claimNoRaces, nil
	}
	claim, err := c.parseClaim(words)
	return func(e Execution) Claim { return claim(e.Observation) }, err
}

func (c *call) parseStream(words []string) (func(*box.Observation) Claim, error) {
	if len(words) != 3 {
		return nil, fmt.Errorf("usage: expect %s equals|unordered|matches FILE|REGEXP", words[0])
	}
	stream := func(o *box.Observation) box.Stream {
		if words[0] == "stderr" {
			return o.Stderr
		}
		return o.Stdout
	}
	if words[1] == "matches" {
		if _, err := claimMatches(words[0], box.Stream{}, words[2]); err != nil {
			return nil, err
		}
		return func(o *box.Observation) Claim {
			return against(words[2], o, func(pattern string) Claim {
				claim, _ := claimMatches(words[0], stream(o), pattern) // it was tried above
				return claim
			})
		}, nil
	}
	want, err := c.file(words[2])
	if err != nil {
		return nil, err
	}
	switch words[1] {
	case "equals":
		return func(o *box.Observation) Claim {
			return against(string(want), o, func(want string) Claim { return claimEquals(words[0], stream(o), want) })
		}, nil
	case "unordered":
		return func(o *box.Observation) Claim {
			return against(string(want), o, func(want string) Claim { return claimUnordered(words[0], stream(o), want) })
		}, nil
	}
	return nil, fmt.Errorf("expect %s %s: there are equals, unordered and matches", words[0], words[1])
}

func parseProcesses(words []string) (processWant, error) {
	var w processWant
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "children":
			w.children, err = exercise.ParseCount(value)
		case "overlap":
			w.overlap, err = exercise.ParseCount(value)
		case "joined":
			w.joined = true
		case "distinct-pids":
			w.distinct = true
		case "work":
			w.work, err = strconv.ParseFloat(value, 64)
		default:
			err = fmt.Errorf("there are children, joined, overlap, distinct-pids and work")
		}
		if err != nil {
			return w, fmt.Errorf("expect processes: %s: %w", word, err)
		}
	}
	return w, nil
}

func parseMemory(words []string) (child, total exercise.Bytes, err error) {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		size, err := exercise.ParseBytes(value)
		if err != nil {
			return 0, 0, fmt.Errorf("expect memory: %s: %w", word, err)
		}
		switch key {
		case "child":
			child = size
		case "total":
			total = size
		default:
			return 0, 0, fmt.Errorf("expect memory: %s: there are child and total", word)
		}
	}
	return child, total, nil
}
