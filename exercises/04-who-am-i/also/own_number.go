//go:build also

// Each child is told which one it is, though it knows its name; its pids it asks for.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp"
)

var introduce = mp.Func("introduce", func(number int) error {
	name := mp.Current().Name()
	if !strings.HasSuffix(name, "-"+strconv.Itoa(number)) {
		return fmt.Errorf("%s was told that it is number %d", name, number)
	}
	_, err := os.Stdout.WriteString(fmt.Sprintf("%s has pid %d, its parent has pid %d\n", name, os.Getpid(), os.Getppid()))
	return err
})

func main() { mp.Main(run) }

func run() error {
	children, err := strconv.Atoi(append(slices.Clone(os.Args), "1")[1])
	if err != nil {
		return err
	}
	fmt.Printf("main has pid %d\n", os.Getpid())
	return introduceFrom(1, children)
}

// introduceFrom starts the children first to last, all at the same time, and joins them.
func introduceFrom(first, last int) error {
	if first > last {
		return nil
	}
	p, err := introduce.Start(first)
	if err != nil {
		return err
	}
	return errors.Join(introduceFrom(first+1, last), p.Join())
}
