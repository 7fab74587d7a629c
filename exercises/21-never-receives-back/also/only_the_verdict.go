//go:build also

// The child sends back no more than what it has decided.
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
	Passing bool
}

var mark = mp.Func2("mark", func(s Student, parent *mp.Conn) error {
	defer parent.Close()
	passing := s.Score >= 50
	fmt.Println("CHLD:", s.Name, passing)
	return parent.Send(passing)
})

func main() { mp.Main(run) }

func run() error {
	student := Student{Name: "Ada", Score: 72}
	if len(os.Args) > 2 {
		score, err := strconv.Atoi(os.Args[2])
		if err != nil {
			return err
		}
		student.Name, student.Score = os.Args[1], score
	}
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := mark.Start(student, parent)
	if err != nil {
		return err
	}
	parent.Close()
	if err := child.Recv(&student.Passing); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Printf("PRNT: %s %t\n", student.Name, student.Passing)
	return nil
}
