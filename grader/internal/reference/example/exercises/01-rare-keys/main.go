// A child halves a number, from the first argument or from standard input. It is the
// program of an exercise that has the keys which no exercise of the course uses.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var halve = mp.Func2("halve", func(parent *mp.Conn, x float64) error { return parent.Send(x / 2) })

func main() { mp.Main(run) }

func run() error {
	var text string
	if len(os.Args) > 1 {
		text = os.Args[1]
	} else if _, err := fmt.Scan(&text); err != nil {
		return err
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return err
	}
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := halve.Start(parent, x)
	if err != nil {
		return err
	}
	if err := parent.Close(); err != nil {
		return err
	}
	half, err := mp.Recv[float64](child)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	text = strconv.FormatFloat(half, 'g', -1, 64)
	fmt.Println(text + unit())
	return log(text)
}

// log adds a line to the file that $LOG names, if it names one.
func log(line string) (err error) {
	name := os.Getenv("LOG")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = fmt.Fprintln(f, line)
	return err
}
