//go:build also

// The student goes to the child through the pipe too, and comes back the same way.
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

var mark = mp.Func("mark", func(desk *mp.Conn) error {
	s, err := mp.Recv[Student](desk)
	if err != nil {
		return err
	}
	s.Passing = s.Score > 49
	if _, err := fmt.Printf("CHLD: %s %v\n", s.Name, s.Passing); err != nil {
		return err
	}
	return desk.Send(s)
})

func main() { mp.Main(run) }

func run() error {
	s, err := student(os.Args[1:])
	if err != nil {
		return err
	}
	mine, theirs, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := mark.Start(theirs)
	if err != nil {
		return err
	}
	if err := theirs.Close(); err != nil {
		return err
	}
	if err := mine.Send(s); err != nil {
		return err
	}
	marked, err := mp.Recv[Student](mine)
	if err != nil {
		return err
	}
	fmt.Println("PRNT:", marked.Name, marked.Passing)
	return p.Join()
}

func student(args []string) (s Student, err error) {
	if len(args) < 2 {
		return Student{Name: "Ada", Score: 72}, nil
	}
	s.Name = args[0]
	s.Score, err = strconv.Atoi(args[1])
	return s, err
}
