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

var mark = mp.Func("mark", func(sign *mp.Conn) error {
	time.Sleep(20 * time.Millisecond)
	return sign.Send("done")
})

func main() { mp.Main(run) }

func run() error {
	var err error
	if signs, sign, err = mp.Pipe(); err != nil {
		return err
	}
	student := Student{Name: "Ada", Score: 72}
	if len(os.Args) > 2 {
		score, err := strconv.Atoi(os.Args[2])
		if err != nil {
			return err
		}
		student = Student{Name: os.Args[1], Score: score}
	}

	p, err := mark.Start(sign)
	if err != nil {
		return err
	}
	if err := await(p); err != nil {
		return err
	}
	student.Passing = student.Score >= 50
	fmt.Println("CHLD:", student.Name, student.Passing)
	fmt.Println("PRNT:", student.Name, student.Passing)
	return nil
}

var signs, sign *mp.Conn

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if _, err := mp.Recv[string](signs); err != nil {
		return err
	}
	return p.Join()
}
