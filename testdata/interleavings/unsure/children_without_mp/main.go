// Two children that the library knows nothing of write into files of their own.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"lockstep/mp"
)

func run() error {
	total := mp.NewValue(0)
	var started []*exec.Cmd
	for _, name := range []string{"one", "two"} {
		child := exec.Command("/proc/self/exe", name)
		if err := child.Start(); err != nil {
			return err
		}
		started = append(started, child)
	}
	for _, child := range started {
		if err := child.Wait(); err != nil {
			return err
		}
		total.Set(total.Get() + 1)
	}
	fmt.Println(total.Get())
	return nil
}

func main() {
	if len(os.Args) > 1 {
		if err := os.WriteFile("/tmp/"+os.Args[1], nil, 0o600); err != nil {
			panic(err)
		}
		return
	}
	mp.Main(run)
}
