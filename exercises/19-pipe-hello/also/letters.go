//go:build also

// What goes through the pipe is a struct, a letter with a sender.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Letter is what goes through the pipe.
type Letter struct{ From, Text string }

var greet = mp.Func("greet", func(post *mp.Conn) error {
	defer post.Close()
	letter, err := mp.Recv[Letter](post)
	if err != nil {
		return err
	}
	return post.Send(Letter{mp.Current().Name(), "Hello, " + letter.Text + "!"})
})

// ask sends a letter and waits for the answer.
func ask(post *mp.Conn, text string) (answer Letter, err error) {
	if err = post.Send(Letter{"main", text}); err == nil {
		answer, err = mp.Recv[Letter](post)
	}
	return answer, err
}

func main() { mp.Main(run) }

func run() error {
	name := "Ada"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	here, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	child, err := greet.Start(there)
	if err != nil {
		return err
	}
	there.Close()
	answer, err := ask(here, name)
	here.Close()
	if err != nil {
		return err
	}
	fmt.Println(answer.Text)
	return child.Join()
}
