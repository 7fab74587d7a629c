package mp

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// await waits until the child has ended, for at most d when d is not negative. It
// leaves the child to be reaped.
func (c *child) await(d time.Duration) (ended bool, err error) {
	queue, err := unix.Kqueue()
	if err != nil {
		return false, os.NewSyscallError("kqueue", err)
	}
	defer unix.Close(queue)
	var exit unix.Kevent_t
	unix.SetKevent(&exit, c.pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	exit.Fflags = unix.NOTE_EXIT
	deadline := time.Now().Add(d)
	for {
		var timeout *unix.Timespec
		if d >= 0 {
			ts := unix.NsecToTimespec(int64(max(time.Until(deadline), 0)))
			timeout = &ts
		}
		var events [1]unix.Kevent_t
		n, err := unix.Kevent(queue, []unix.Kevent_t{exit}, events[:], timeout)
		switch {
		case err == unix.EINTR:
		case err == unix.ESRCH:
			return true, nil // it has ended already
		case err != nil:
			return false, os.NewSyscallError("kevent", err)
		default:
			return n > 0, nil
		}
	}
}

// awaitFirst waits until one of the children has ended, which it leaves to be reaped, or
// there is something to receive from one of the wires, or an end of file.
func awaitFirst(children []*child, wires []wire) error { return lookForFirst(children, wires) }
