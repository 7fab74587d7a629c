// The next run uses the same machine, and may use the same program.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	held := true
	say := func(what ...any) {
		held = false
		fmt.Println(what...)
	}
	self, err := os.Executable()
	if err != nil {
		say(err)
	}
	for _, dir := range []string{"/", "/usr", "/usr/bin", "/bin", "/etc", "/lib", "/var", "/root", "/dev", "/proc", "/sys", os.Args[1], filepath.Dir(self)} {
		name := filepath.Join(dir, "lockstep-attack")
		if err := os.WriteFile(name, nil, 0o600); err == nil {
			os.Remove(name)
			say("writes in", dir)
		}
	}
	if f, err := os.OpenFile(self, os.O_WRONLY|os.O_APPEND, 0); err == nil {
		f.Close()
		say("writes to the program")
	}
	if os.Chmod(self, 0o777) == nil {
		say("changes the program's mode")
	}
	if os.Rename(self, self+"-old") == nil {
		say("renames the program")
	}
	if held {
		fmt.Println("held")
	}
}
