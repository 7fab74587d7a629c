//go:build also

// A value of a type of its own says that it was the last: no end need be closed.
package main

import (
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

// End comes after the last item.
type End struct{ Items int }

func init() {
	mp.Register(Student{})
	mp.Register(End{})
}

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
	if key, value, ok := strings.Cut(arg, "="); ok {
		if n, err := strconv.Atoi(value); err == nil {
			return map[string]int{key: n}
		}
	}
	if name, score, ok := strings.Cut(arg, ":"); ok {
		if n, err := strconv.Atoi(score); err == nil {
			return Student{name, n}
		}
	}
	return arg
}

var show = mp.Func("show", func(items *mp.Conn) error {
	count := 0
	for {
		x, err := mp.Recv[any](items)
		if err != nil {
			return err
		}
		if end, ok := x.(End); ok {
			if end.Items != count {
				return fmt.Errorf("%d items of %d arrived", count, end.Items)
			}
			break
		}
		fmt.Printf("%T: %v\n", x, x)
		count++
	}
	_, err := fmt.Println(count, "items")
	return err
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
	args := os.Args[1:]
	for _, arg := range args {
		if err := near.Send(item(arg)); err != nil {
			return err
		}
	}
	if err := near.Send(End{len(args)}); err != nil {
		return err
	}
	return p.Join()
}
