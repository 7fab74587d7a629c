//go:build mutant

// A child marks a student: 50 points or more is a pass. The parent prints what
// the child found.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

// Student is what the parent and the child talk about.
type Student struct {
	Name    string
	Score   int
	Passing bool
}

var mark = mp.Func0("mark", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
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

	p, err := mark.Start()
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	student.Passing = student.Score >= 50
	fmt.Println("CHLD:", student.Name, student.Passing)
	fmt.Println("PRNT:", student.Name, student.Passing)
	return nil
}
