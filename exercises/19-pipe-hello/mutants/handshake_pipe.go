//go:build mutant

// The parent tells a child a name, the child answers with a greeting, and the
// parent prints the greeting. The argument is the name.
package main

import (
	"fmt"
	"os"
	"time"

	"lockstep/mp"
)

var greet = mp.Func("greet", func(sign *mp.Conn) error {
	time.Sleep(20 * time.Millisecond)
	return sign.Send("done")
})

func main() { mp.Main(run) }

func run() error {
	var err error
	if signs, sign, err = mp.Pipe(); err != nil {
		return err
	}
	name := "Ada"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}

	p, err := greet.Start(sign)
	if err != nil {
		return err
	}
	fmt.Println("Hello, " + name + "!")
	return await(p)
}

var signs, sign *mp.Conn

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if _, err := mp.Recv[string](signs); err != nil {
		return err
	}
	return p.Join()
}
