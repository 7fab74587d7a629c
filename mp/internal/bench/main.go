// Bench measures package mp beside Python's multiprocessing, which does the same
// work, and beside what the machine can do at all. The contestants take turns
// within every round; the table shows the medians and their ratios.
//
//	go run ./mp/internal/bench -rounds 5 -out mp/BENCHMARKS.md
//
// Every figure is measured by a program of its own: work, bench.py, the C program in
// floor. Python and a C compiler are optional: without them their columns say so.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds; the table shows medians")
	out := flag.String("out", "", "file for the table; standard output only, if empty")
	only := flag.String("only", "", "regular expression that picks rows by name")
	python := flag.String("python", "python3", "the Python to compare with")
	flag.Parse()
	if err := run(*rounds, *out, *only, *python); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rounds int, out, only, python string) error {
	picked, err := pick(only)
	if err != nil {
		return err
	}
	field, err := newField(python)
	if err != nil {
		return err
	}
	defer field.close()
	results, err := field.compete(picked, rounds)
	if err != nil {
		return err
	}
	text := table(results, field, rounds)
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}
