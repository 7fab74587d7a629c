package terminal

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"
)

// Keys reads single keys from a terminal, until nothing more comes. Restore gives the terminal back as it was.
func Keys(in io.Reader) (keys <-chan byte, restore func()) {
	pressed := make(chan byte)
	restore = func() {}
	if f, ok := in.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		restore = single(int(f.Fd()))
	}
	go func() {
		defer close(pressed)
		var one [1]byte
		for {
			if _, err := in.Read(one[:]); err != nil {
				return
			}
			pressed <- one[0]
		}
	}()
	return pressed, restore
}

// single has a terminal hand over every key at once, without showing it. Ctrl-C and
// Ctrl-Z stay what they are.
func single(fd int) (restore func()) {
	before, err := unix.IoctlGetTermios(fd, GetTermios)
	if err != nil {
		return func() {}
	}
	after := *before
	after.Lflag &^= unix.ICANON | unix.ECHO
	after.Cc[unix.VMIN], after.Cc[unix.VTIME] = 1, 0
	set := func() { _ = unix.IoctlSetTermios(fd, setTermios, &after) }
	set()
	again := make(chan os.Signal, 1) // whoever comes back from Ctrl-Z finds the shell's settings
	signal.Notify(again, syscall.SIGCONT)
	go func() {
		for range again {
			set()
		}
	}()
	return func() {
		signal.Stop(again)
		close(again)
		_ = unix.IoctlSetTermios(fd, setTermios, before)
	}
}
