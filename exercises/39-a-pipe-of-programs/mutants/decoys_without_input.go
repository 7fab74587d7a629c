//go:build mutant

// Runs programs as a shell does: numbers N | FILTER | FILTER … The arguments are N and
// the names of the filters. What the last program prints is this one's output, and how
// it ends decides how this one does.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) < 2 {
		return errors.New("usage: N FILTER…")
	}
	text, err := result()
	if err != nil {
		return err
	}
	commands := []*exec.Cmd{exec.Command("numbers", "1")}
	for _, name := range os.Args[2:] {
		commands = append(commands, exec.Command(name))
	}
	var inputs []io.Closer
	for _, c := range commands {
		in, err := c.StdinPipe()
		if err != nil {
			return err
		}
		inputs = append(inputs, in)
		if err := c.Start(); err != nil {
			return err
		}
	}
	for i, c := range commands {
		inputs[i].Close()
		if err := c.Wait(); err != nil {
			return err
		}
	}
	fmt.Print(text)
	return nil
}

// result is what the filters make of the numbers.
func result() (string, error) {
	n, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		return "", err
	}
	numbers := make([]uint64, n)
	for i := range numbers {
		numbers[i] = uint64(i + 1)
	}
	for _, name := range os.Args[2:] {
		switch name {
		case "scramble":
			for i := range numbers {
				x := numbers[i]
				for range 10_000 {
					x = x*6364136223846793005 + 1442695040888963407
				}
				numbers[i] = x >> 32 % 1000
			}
		case "first":
			numbers = numbers[:min(3, len(numbers))]
		case "total":
			sum := uint64(0)
			for _, x := range numbers {
				sum += x
			}
			return fmt.Sprintln(len(numbers), "numbers, sum", sum), nil
		default:
			return "", errors.New("there is no " + name)
		}
	}
	var text strings.Builder
	for _, x := range numbers {
		fmt.Fprintln(&text, x)
	}
	return text.String(), nil
}
