// The child sends a text, the parent wants a student.
package main

import (
	"fmt"

	"lockstep/mp"
)

// Student is what the parent wants.
type Student struct{ Name string }

var mark = mp.Func("mark", func(parent *mp.Conn) error { return parent.Send("Ada") })

func main() { mp.Main(run) }

func run() error {
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := mark.Start(parent)
	if err != nil {
		return err
	}
	s, err := mp.Recv[Student](child)
	if err != nil {
		return err
	}
	fmt.Println(s)
	return p.Join()
}
