// The parent changes a setting, and the child still has the one that the package begins with.
package main

import (
	"fmt"

	"lockstep/mp"
)

type settings struct{ greeting string }

var current = settings{greeting: "hello"}

var greet = mp.Func("greet", func(name string) error {
	fmt.Println(current.greeting, name)
	return nil
})

func run() error {
	current.greeting = "good day"
	p, err := greet.Start("Ada")
	if err != nil {
		return err
	}
	return p.Join()
}

func main() { mp.Main(run) }
