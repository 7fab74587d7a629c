// The child's exit code is asked for before the child has ended.
package main

import (
	"errors"
	"fmt"
	"os"

	"lockstep/mp"
)

var check = mp.Func("check", func(n int) error {
	if n%2 == 1 {
		os.Exit(3)
	}
	return nil
})

func run() error {
	p, err := check.Start(3)
	if err != nil {
		return err
	}
	code, _ := p.ExitCode()
	fmt.Println(code)
	var failed *mp.ExitError
	if err := p.Join(); err != nil && !errors.As(err, &failed) {
		return err
	}
	return nil
}

func main() { mp.Main(run) }
