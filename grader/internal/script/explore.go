package script

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
)

// interleavings explores the program's interleavings: `interleavings -each=FILE
// [-budget=DURATION] [-capacity-zero=warn] [-stdin=FILE] [-env=KEY=VALUE] ARG…`.
// FILE holds a claim a line, as `expect` takes them; each must hold in every one.
func interleavings(c *call) error {
	o, args, err := c.flags("each", "budget", "capacity-zero", "stdin", "env")
	if err != nil {
		return err
	}
	claims, err := c.claimsOf(o.each)
	if err != nil {
		return err
	}
	c.exitNamed = true
	report, err := explore.Run(c.ctx, explore.Request{
		Command:      c.command(c.request.Plain, o, args),
		Sources:      c.request.Sources,
		Budget:       o.budget,
		Workers:      c.request.Jobs,
		Seed:         c.request.Seed,
		Unordered:    claims.unordered,
		Unread:       !claims.reads,
		Processes:    claims.processes,
		CapacityZero: o.capacityZero != "",
		Schedule:     c.request.Schedule,
		EachStep:     c.request.EachStep,
		All:          c.request.All,
		Expect: func(seen *box.Observation) string {
			for _, claim := range claims.all {
				if told := claim(seen); !told.Holds && !told.Unseen {
					return told.Summary()
				}
			}
			return ""
		},
	})
	if errors.Is(err, explore.ErrUnavailable) {
		c.record.Unseen = err.Error()
		return errStop
	}
	if err != nil {
		return fmt.Errorf("cannot explore interleavings: %w", err)
	}
	c.record.Explored = report
	c.record.Line = strings.TrimSpace("program " + strings.Join(args, " "))
	return nil
}

// eachClaims are what must hold in every interleaving.
type eachClaims struct {
	all       []func(*box.Observation) Claim
	reads     bool // one looks at what is printed
	unordered bool // none depends on the order in which different processes print
	processes bool // one looks at other processes than the first
}

// claimsOf reads a file of claims.
func (c *call) claimsOf(name string) (*eachClaims, error) {
	if name == "" {
		return nil, errors.New("usage: interleavings -each=FILE ARG…")
	}
	text, err := os.ReadFile(c.ts.MkAbs(name))
	if err != nil {
		return nil, err
	}
	claims := &eachClaims{unordered: true}
	for line := range strings.Lines(string(text)) {
		words, err := split(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(words) == 0 {
			continue
		}
		for i, word := range words {
			words[i] = strings.ReplaceAll(word, "$EXERCISE", c.request.Exercise)
		}
		claim, err := c.parseClaim(words)
		if err != nil {
			return nil, err
		}
		claims.all = append(claims.all, claim)
		switch words[0] {
		case "stdout", "stderr":
			claims.reads = claims.reads || words[0] == "stdout"
			if words[0] == "stdout" && words[1] != "unordered" {
				claims.unordered = false
			}
			claims.processes = claims.processes || c.speaksOfPIDs(words)
		case "exit":
		default:
			claims.processes = true
		}
	}
	return claims, nil
}

// split takes a line apart as testscript does: spaces part words, single quotes
// hold them together, and a doubled quote inside is a quote.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, begun := false, false
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; {
		case ch == '\'' && open && i+1 < len(line) && line[i+1] == '\'':
			word.WriteByte('\'')
			i++
		case ch == '\'':
			open, begun = !open, true
		case ch == ' ' && !open:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(ch)
			begun = true
		}
	}
	if open {
		return nil, errors.New("a quote is not closed")
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
