package script

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/grader/internal/speedup"
)

// spinArgument makes the grader's own program, started again in a box, nothing but
// the capacity probe.
const spinArgument = "lockstep-spin"

// Init is called first thing in main, behind box.Init: in a process that is the
// capacity probe it never returns.
func Init() {
	if len(os.Args) != 4 || os.Args[1] != spinArgument {
		return
	}
	threads, err := strconv.Atoi(os.Args[2])
	window, errWindow := time.ParseDuration(os.Args[3])
	if err != nil || errWindow != nil {
		fmt.Fprintln(os.Stderr, "usage:", spinArgument, "THREADS WINDOW")
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(speedup.Spin(threads, window)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
