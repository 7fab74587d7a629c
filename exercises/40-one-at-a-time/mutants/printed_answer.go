//go:build mutant

// Workers add one to the number in the file "counter", each once and one at a time: whoever
// has made the file counter.lock has the turn, and removes it afterwards. The arguments are
// the number of workers and, to try that, "crash": who has the turn then crashes with it.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	if len(os.Args) > 2 {
		os.Exit(1)
	}
	text, _ := os.ReadFile("counter")
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	workers, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	fmt.Println("counter", n+workers)
	os.Remove("counter.lock")
	return os.WriteFile("counter", []byte(fmt.Sprintln(n+workers)), 0o644)
}
