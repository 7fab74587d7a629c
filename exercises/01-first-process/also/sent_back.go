//go:build also

// The child works the square out and sends the line through a pipe of the parent's, who
// prints it.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var squareOf = mp.Func2("squareOf", func(text string, out *mp.Conn) error {
	defer out.Close()
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is no number", text)
	}
	return out.Send(n * n)
})

func main() { mp.Main(run) }

func run() error {
	in, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	child, err := squareOf.Start(argument(), out)
	if err != nil {
		return err
	}
	out.Close()

	square, received := mp.Recv[int](in)
	if err := child.Join(); err != nil {
		return err
	}
	if received != nil {
		return errors.New("the child ended and sent nothing")
	}
	fmt.Println("Square:", square)
	return nil
}

func argument() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	return "10"
}
