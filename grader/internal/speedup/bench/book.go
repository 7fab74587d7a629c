package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/speedup"
)

// A verdict is what the bench keeps of one report.
type verdict struct {
	round             int
	subject, load     string
	status            speedup.Status
	by                speedup.Evidence
	pairs             int
	took              time.Duration
	logical, measured float64 // efficiencies; 0: unknown
	others            float64 // cores that others used meanwhile; below 0: unknown
}

func verdictOf(round int, s subject, l load, r *speedup.Report, others float64) verdict {
	v := verdict{round: round, subject: s.name, load: l.name, status: r.Status, by: r.DecidedBy, pairs: len(r.Pairs), took: r.Elapsed, others: others}
	if r.Logical != nil {
		v.logical = r.Logical.Efficiency
	}
	if r.Measured != nil {
		v.measured = r.Measured.Efficiency
	}
	return v
}

// columns name the fields of a record. Figures that are unknown are empty.
var columns = []string{"round", "program", "load", "verdict", "by", "pairs", "seconds", "logical", "measured", "others"}

func (v verdict) record() []string {
	figure := func(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
	known := func(x float64, is bool) string {
		if !is {
			return ""
		}
		return figure(x)
	}
	return []string{
		strconv.Itoa(v.round), v.subject, v.load, string(v.status), string(v.by), strconv.Itoa(v.pairs),
		figure(v.took.Seconds()), known(v.logical, v.logical > 0), known(v.measured, v.measured > 0), known(v.others, v.others >= 0),
	}
}

// verdictFrom reads a record, which has as many fields as there are columns.
func verdictFrom(record []string) (verdict, error) {
	v := verdict{subject: record[1], load: record[2], status: speedup.Status(record[3]), by: speedup.Evidence(record[4]), others: -1}
	var errs []error
	count := func(text string, n *int) {
		var err error
		if *n, err = strconv.Atoi(text); err != nil {
			errs = append(errs, err)
		}
	}
	figure := func(text string, x *float64) {
		if text == "" {
			return
		}
		var err error
		if *x, err = strconv.ParseFloat(text, 64); err != nil {
			errs = append(errs, err)
		}
	}
	var took float64
	count(record[0], &v.round)
	count(record[5], &v.pairs)
	figure(record[6], &took)
	figure(record[7], &v.logical)
	figure(record[8], &v.measured)
	figure(record[9], &v.others)
	v.took = time.Duration(took * float64(time.Second))
	if _, err := chooseLoads(v.load); err != nil {
		errs = append(errs, err)
	}
	if !slices.Contains([]speedup.Status{speedup.Pass, speedup.Fail, speedup.NotChecked}, v.status) {
		errs = append(errs, fmt.Errorf("there is no verdict %q", v.status))
	}
	if !slices.Contains(evidence, v.by) {
		errs = append(errs, fmt.Errorf("nothing decides by %q", v.by))
	}
	return v, errors.Join(errs...)
}

// A book keeps verdicts in a CSV file, a line each, so that a bench that takes hours
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
	if err := b.read(tell); err != nil {
		b.file.Close()
		return nil, err
	}
	return b, nil
}

func (b *book) read(tell func(verdict) error) error {
	text, err := io.ReadAll(b.file)
	if err != nil {
		return fmt.Errorf("cannot read the book: %w", err)
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	if len(whole) == 0 && !strings.HasPrefix(strings.Join(columns, ","), string(text)) {
		return b.foreign()
	}
	lines := csv.NewReader(bytes.NewReader(whole))
	lines.FieldsPerRecord = len(columns)
	for n := 1; ; n++ {
		record, err := lines.Read()
		if err == io.EOF {
			break
		}
		if n == 1 {
			if !slices.Equal(record, columns) {
				return b.foreign()
			}
			continue
		}
		var v verdict
		if err == nil {
			v, err = verdictFrom(record)
		}
		if err == nil {
			err = tell(v)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: cannot read a verdict: %w", b.file.Name(), n, err)
		}
		b.done[place{v.round, v.subject, v.load}] = true
	}
	// Only now is it known to be a book: a line that was cut off is written anew.
	if err := b.file.Truncate(int64(len(whole))); err != nil {
		return fmt.Errorf("cannot go on with the book: %w", err)
	}
	if len(whole) == 0 {
		return b.line(columns)
	}
	return nil
}

// foreign is the error of a file that is something else, which stays as it is.
func (b *book) foreign() error {
	return fmt.Errorf("%s:1: cannot go on with a file that is no book: want the columns %s", b.file.Name(), strings.Join(columns, ","))
}

// missing are the programs without a verdict in this round under this load.
func (b *book) missing(round int, l load, among []subject) []subject {
	return slices.DeleteFunc(slices.Clone(among), func(s subject) bool {
		return b.done[place{round, s.name, l.name}]
	})
}

func (b *book) write(v verdict) error {
	if b.file == nil {
		return nil
	}
	return b.line(v.record())
}

// line writes one line at once, so that nothing but the last can be cut off.
func (b *book) line(fields []string) error {
	out := csv.NewWriter(b.file)
	out.Write(fields) // an error comes out of Error, too
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("cannot write the book: %w", out.Error())
	}
	return nil
}
