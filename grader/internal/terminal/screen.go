package terminal

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Screen is a terminal that is drawn as a whole. Close gives it back as it was, with what
// stood on it.
type Screen struct {
	// Resized tells that the terminal has another size, or that somebody else may have
	// written to it.
	Resized <-chan os.Signal

	w       io.Writer
	resized chan os.Signal
	close   func()
}

// Takes the other page of a terminal, hides the cursor and cuts long lines; and the inverse.
const (
	takeScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l"
	giveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// NewScreen takes a terminal.
func NewScreen(w io.Writer) *Screen {
	s := &Screen{w: w, resized: make(chan os.Signal, 1)}
	s.Resized = s.resized
	signal.Notify(s.resized, syscall.SIGWINCH, syscall.SIGCONT)
	fmt.Fprint(w, takeScreen)
	s.close = sync.OnceFunc(func() {
		signal.Stop(s.resized)
		fmt.Fprint(w, giveScreen)
	})
	return s
}

// Close may be called again.
func (s *Screen) Close() { s.close() }

// Draw puts lines on the screen, in place of what was there. They fit: see Size.
func (s *Screen) Draw(lines []string) {
	// Whoever comes back from Ctrl-Z finds the shell's page.
	fmt.Fprint(s.w, takeScreen+"\x1b[H"+strings.Join(lines, "\x1b[K\r\n")+"\x1b[J")
}

// Size is how many columns and rows there are.
func (s *Screen) Size() (width, height int) { return Size(s.w) }

// plainHeight is how many rows a terminal has that does not say.
const plainHeight = 24

// Size is how many columns and rows w has.
func Size(w io.Writer) (width, height int) {
	if f, ok := w.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 && size.Row > 0 {
			return int(size.Col), int(size.Row)
		}
	}
	return plainWidth, plainHeight
}
