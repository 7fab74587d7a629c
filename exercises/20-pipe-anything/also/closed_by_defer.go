//go:build also

// A function sends everything and closes the pipe when it returns.
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
	for _, separator := range "=:" {
		name, text, found := strings.Cut(arg, string(separator))
		n, err := strconv.Atoi(text)
		switch {
		case !found || err != nil:
		case separator == '=':
			return map[string]int{name: n}
		default:
			return Student{Name: name, Score: n}
		}
	}
	return arg
}

var show = mp.Func("show", func(items *mp.Conn) error {
	count := 0
	x, err := mp.Recv[any](items)
	for ; err == nil; x, err = mp.Recv[any](items) {
		fmt.Printf("%T: %v\n", x, x)
		count++
	}
	if err != io.EOF {
		return err
	}
	fmt.Println(strconv.Itoa(count) + " items")
	return nil
})

func main() { mp.Main(run) }

func run() error {
	p, err := sendAll(os.Args[1:])
	if err != nil {
		return err
	}
	return p.Join()
}

// sendAll starts a child and gives it everything; its ends of the pipe are closed then.
func sendAll(args []string) (*mp.Process, error) {
	near, far, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	defer near.Close()
	defer far.Close()
	p, err := show.Start(far)
	if err != nil {
		return nil, err
	}
	for _, arg := range args {
		if err := near.Send(item(arg)); err != nil {
			return nil, err
		}
	}
	return p, nil
}
