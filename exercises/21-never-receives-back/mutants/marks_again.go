//go:build mutant

// A child marks a student: 50 points or more is a pass. The parent prints what
// the child found.
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
	s.Passing = s.Score >= 50
	fmt.Println("CHLD:", s.Name, s.Passing)
	return parent.Send(s)
})

func main() { mp.Main(run) }

func run() error {
	student := Student{Name: "Ada", Score: 72}
	if len(os.Args) > 2 {
		score, err := strconv.Atoi(os.Args[2])
		if err != nil {
			return err
		}
		student = Student{Name: os.Args[1], Score: score}
	}

	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := mark.Start(student, parent)
	if err != nil {
		return err
	}
	if err := parent.Close(); err != nil {
		return err
	}
	if _, err = mp.Recv[Student](child); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("PRNT:", student.Name, student.Score >= 50)
	return nil
}
