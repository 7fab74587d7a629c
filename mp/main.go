package mp

import (
	"fmt"
	"os"
)

// Exit codes of processes that Main runs.
const (
	exitFailed = 1 // the function returned an error
	// A panic ends a process with code 2; that is Go's own.
)

// Main hands a program over to this package and never returns. In the first
// process it calls run; in a child, which is the same program started again, it
// calls the child's target instead. It is the only statement of main:
//
//	func main() { mp.Main(run) }
//
// When the function returns nil the process exits with code 0. When it returns
// an error, the error is printed on standard error and the code is 1. A panic
// ends the process as it does any Go program, with code 2. Main waits for no
// children: a child that was not joined lives on without its parent.
//
// Everything that runs before Main, such as the initialisation of package
// variables, runs in every child too.
func Main(run func() error) {
	begin()
	if zygote >= 0 {
		serveFirst(zygote)
	}
	if self.child {
		os.Exit(runTarget())
	}
	os.Exit(runMain(run))
}

// TestMain is Main for the tests of a package that starts processes:
//
//	func TestMain(m *testing.M) { mp.TestMain(m) }
//
// In the first process it runs the tests, in a child it runs the child's target.
// It never returns.
func TestMain(m interface{ Run() int }) {
	begin()
	if self.child {
		os.Exit(runTarget())
	}
	if !registrationsHold() {
		os.Exit(exitFailed)
	}
	os.Exit(m.Run())
}

// begin ends the time in which targets can be registered.
func begin() {
	targets.mu.Lock() // after a registration that is under way
	begun.Store(true)
	targets.mu.Unlock()
}

// registrationsHold prints what is wrong with the program's targets.
func registrationsHold() bool {
	for _, err := range targets.faults {
		complain(err)
	}
	return len(targets.faults) == 0
}

func runMain(run func() error) int {
	if !registrationsHold() {
		return exitFailed
	}
	return observedTo(nowhere, run)
}

// complain prints an error on standard error. A child's line begins with the
// child's name, and goes to its parent too, which quotes it in an ExitError.
func complain(err error) {
	line := err.Error() + "\n"
	tellParent(line)
	if self.child {
		line = self.Name() + ": " + line
	}
	fmt.Fprint(os.Stderr, line)
}
