package terminal

import "golang.org/x/sys/unix"

// GetTermios is the request for a terminal's settings.
const GetTermios, setTermios = unix.TCGETS, unix.TCSETS
