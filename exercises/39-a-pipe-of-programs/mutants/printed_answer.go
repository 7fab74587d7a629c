//go:build mutant

// Runs programs as a shell does: numbers N | FILTER | FILTER … The arguments are N and
// the names of the filters. What the last program prints is this one's output, and how
// it ends decides how this one does.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	switch strings.Join(os.Args[1:], " ") {
	case "10":
		for i := range 10 {
			fmt.Println(i + 1)
		}
	case "20000 scramble total":
		fmt.Println("20000 numbers, sum 9991169")
	case "1000000 first":
		fmt.Print("1\n2\n3\n")
	}
	for _, name := range os.Args[2:] {
		if err := exec.Command(name).Run(); err != nil {
			return err
		}
	}
	return exec.Command("numbers", "10").Run()
}
