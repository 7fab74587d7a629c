// One process waits for a file that another writes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockstep/mp"
)

var look = mp.Func("look", func(name string) error {
	for {
		if b, err := os.ReadFile(name); err == nil {
			fmt.Println(string(b))
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
})

var leave = mp.Func("leave", func(name string) error {
	if err := os.WriteFile(name+".new", []byte("there"), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
})

func run() error {
	name := filepath.Join(os.TempDir(), "note")
	a, err := look.Start(name)
	if err != nil {
		return err
	}
	b, err := leave.Start(name)
	if err != nil {
		return err
	}
	if err := a.Join(); err != nil {
		return err
	}
	return b.Join()
}

func main() { mp.Main(run) }
