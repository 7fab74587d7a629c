package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"lockstep/grader/internal/speedup"
)

// A verdict is what the bench keeps of one report.
type verdict struct {
	Round         int
	Subject, Load string
	Status        speedup.Status
	By            speedup.Evidence
	Pairs         int
	Took          time.Duration
	Logical       float64 `json:",omitempty"` // efficiencies; 0: unknown
	Measured      float64 `json:",omitempty"`
	Others        float64 // cores that others used meanwhile; below 0: unknown
}

func verdictOf(round int, s subject, l load, r *speedup.Report, others float64) verdict {
	v := verdict{Round: round, Subject: s.name, Load: l.name, Status: r.Status, By: r.DecidedBy, Pairs: len(r.Pairs), Took: r.Elapsed, Others: others}
	if r.Logical != nil {
		v.Logical = r.Logical.Efficiency
	}
	if r.Measured != nil {
		v.Measured = r.Measured.Efficiency
	}
	return v
}

// A book keeps verdicts in a file, a line each, so that a bench that takes hours
// can be stopped and goes on where it was.
type book struct {
	file *os.File // nil: nothing is kept
	done map[place]bool
}

type place struct {
	round         int
	subject, load string
}

// openBook reads the verdicts that an earlier bench left and gives them to tell.
func openBook(name string, tell func(verdict) error) (*book, error) {
	b := &book{done: map[place]bool{}}
	if name == "" {
		return b, nil
	}
	var err error
	if b.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644); err != nil {
		return nil, fmt.Errorf("cannot open the book: %w", err)
	}
	whole := int64(0) // a line that was cut off is written anew
	lines := bufio.NewReader(b.file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, fmt.Errorf("cannot read %s:%d: %w", name, n, err)
		}
		if err := tell(v); err != nil {
			return nil, fmt.Errorf("cannot read %s:%d: %w", name, n, err)
		}
		b.done[place{v.Round, v.Subject, v.Load}] = true
		whole += int64(len(line))
	}
	if err := b.file.Truncate(whole); err != nil {
		return nil, fmt.Errorf("cannot go on with the book: %w", err)
	}
	return b, nil
}

func (b *book) write(v verdict) error {
	if b.file == nil {
		return nil
	}
	if err := json.NewEncoder(b.file).Encode(v); err != nil {
		return fmt.Errorf("cannot write the book: %w", err)
	}
	return nil
}
