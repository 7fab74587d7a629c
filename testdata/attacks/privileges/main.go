// No capability, no way to get one by executing a file, and a filter on what may
// be asked of the kernel.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	held := true
	say := func(what ...any) {
		held = false
		fmt.Println(what...)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		say(err)
	}
	for _, want := range []string{"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"} {
		if !slices.Contains(strings.Split(string(status), "\n"), want) {
			say("not so:", want)
		}
	}
	for _, name := range []string{"sudo", "/usr/bin/sudo", "/usr/bin/su", "/usr/bin/pkexec", "/usr/bin/newuidmap"} {
		if exec.Command(name, "-n", "true").Run() == nil {
			say("runs", name)
		}
	}
	if held {
		fmt.Println("held")
	}
}
