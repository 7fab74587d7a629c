//go:build also

// The child sets a number that both reach: 1 for a pass.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Student is what the parent and the child talk about.
type Student struct {
	Name    string
	Score   int
	Passing *mp.Value[int]
}

func (s Student) passes() bool { return s.Passing.Get() == 1 }

var mark = mp.Func("mark", func(s Student) error {
	if s.Score >= 50 {
		s.Passing.Set(1)
	} else {
		s.Passing.Set(0)
	}
	fmt.Println("CHLD:", s.Name, s.passes())
	return nil
})

func main() { mp.Main(run) }

func run() error {
	student := Student{"Ada", 72, mp.NewValue(0)}
	if len(os.Args) > 2 {
		var err error
		student.Name = os.Args[1]
		if student.Score, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	p, err := mark.Start(student)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("PRNT:", student.Name, student.passes())
	return nil
}
