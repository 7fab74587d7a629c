//go:build also

// A parent and its child each have a variable tmp. The child adds the argument to its
// own, and sends it to the parent.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var tmp = 1

var add = mp.Func2("add", func(n int, parent *mp.Conn) error {
	tmp += n
	fmt.Printf("CHLD %d: tmp is %d\n", os.Getpid(), tmp)
	return parent.Send(tmp)
})

func main() { mp.Main(run) }

func run() error {
	n := 41
	if len(os.Args) > 1 {
		if _, err := fmt.Sscan(os.Args[1], &n); err != nil {
			return err
		}
	}
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	defer child.Close()
	p, err := add.Start(n, parent)
	if err != nil {
		return err
	}
	if err := parent.Close(); err != nil {
		return err
	}
	theirs, err := mp.Recv[int](child)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("PRNT "+strconv.Itoa(os.Getpid())+": mine is", strconv.Itoa(tmp)+", the child's is", theirs)
	return nil
}
