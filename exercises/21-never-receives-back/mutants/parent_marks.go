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

	student.Passing = student.Score >= 50
	fmt.Println("CHLD:", student.Name, student.Passing)
	fmt.Println("PRNT:", student.Name, student.Passing)
	return nil
}
