//go:build mutant

// The parent sends a child items of several types through a pipe. The child prints
// each with its type, and at the end how many there were. The arguments are the
// items: 42 is a number and so is 2.5, true is a bool, a=1 a map, Ada:72 a student,
// and all others are text.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

// Student is an item of a type of our own.
type Student struct {
	Name  string
	Score int
}

func init() { mp.Register(Student{}) }

// item turns an argument into what it stands for.
func item(arg string) any {
	if n, err := strconv.Atoi(arg); err == nil {
		return n
	}
	if x, err := strconv.ParseFloat(arg, 64); err == nil {
		return x
	}
	if b, err := strconv.ParseBool(arg); err == nil {
		return b
	}
	key, value, isMap := strings.Cut(arg, "=")
	if n, err := strconv.Atoi(value); isMap && err == nil {
		return map[string]int{key: n}
	}
	name, score, isStudent := strings.Cut(arg, ":")
	if n, err := strconv.Atoi(score); isStudent && err == nil {
		return Student{name, n}
	}
	return arg
}

var show = mp.Func("show", func(items *mp.Conn) error {
	for count := 0; ; count++ {
		x, err := mp.Recv[any](items)
		if err == io.EOF {
			fmt.Println(count, "items")
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Printf("%T: %v\n", x, x)
	}
})

func main() { mp.Main(run) }

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := show.Start(far)
	if err != nil {
		return err
	}
	if err := far.Close(); err != nil {
		return err
	}
	for _, arg := range os.Args[1:] {
		if err := near.Send(arg); err != nil {
			return err
		}
	}
	if err := near.Close(); err != nil { // ends the child's loop
		return err
	}
	return p.Join()
}
