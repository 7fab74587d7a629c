//go:build also

// The parent sends first how many items there will be.
package main

import (
	"errors"
	"fmt"
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

// parsers turn an argument into an item, or say that it is none of theirs.
var parsers = []func(string) (any, bool){
	func(s string) (any, bool) { n, err := strconv.Atoi(s); return n, err == nil },
	func(s string) (any, bool) { x, err := strconv.ParseFloat(s, 64); return x, err == nil },
	func(s string) (any, bool) { b, err := strconv.ParseBool(s); return b, err == nil },
	func(s string) (any, bool) {
		key, value, _ := strings.Cut(s, "=")
		n, err := strconv.Atoi(value)
		return map[string]int{key: n}, err == nil
	},
	func(s string) (any, bool) {
		name, score, _ := strings.Cut(s, ":")
		n, err := strconv.Atoi(score)
		return Student{name, n}, err == nil
	},
	func(s string) (any, bool) { return s, true },
}

func item(arg string) any {
	for _, parse := range parsers {
		if x, ok := parse(arg); ok {
			return x
		}
	}
	return nil
}

var show = mp.Func("show", func(items *mp.Conn) error {
	count, err := mp.Recv[int](items)
	if err != nil {
		return err
	}
	for range count {
		var x any
		if err := items.Recv(&x); err != nil {
			return err
		}
		fmt.Printf("%T: %v\n", x, x)
	}
	fmt.Printf("%d items\n", count)
	return nil
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
	far.Close()
	return errors.Join(send(near, os.Args[1:]), near.Close(), p.Join())
}

func send(near *mp.Conn, args []string) error {
	if err := near.Send(len(args)); err != nil {
		return err
	}
	for _, arg := range args {
		if err := near.Send(item(arg)); err != nil {
			return err
		}
	}
	return nil
}
