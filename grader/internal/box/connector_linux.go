package box

import (
	"encoding/binary"
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// connector hears from the kernel of every process that starts, executes and ends
// (the process connector of netlink: linux/cn_proc.h). It needs root in the first
// namespaces; without it only looks remain, which miss short lives.
type connector struct {
	fd    int
	epoch time.Time // of the kernel's monotonic clock, which events are stamped with
	lossy bool      // the kernel had more to say than the socket held
}

// happening is one event of a process, not of a thread.
type happening struct {
	what   uint32
	pid    int
	parent int    // of a start
	status uint32 // of an end, as wait tells it
	signal uint32 // of an end: what the parent is sent; 0 for a runtime's probe
	at     time.Time
}

const (
	hasForked   = 0x00000001
	hasExecuted = 0x00000002
	hasEnded    = 0x80000000

	connectorIndex  = 1 // CN_IDX_PROC, and CN_VAL_PROC
	connectorListen = 1 // PROC_CN_MCAST_LISTEN
	connectorBuffer = 8 << 20
)

func openConnector() (*connector, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_CONNECTOR)
	if err != nil {
		return nil, err
	}
	c := &connector{fd: fd}
	if err := c.listen(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *connector) listen() error {
	if err := unix.Bind(c.fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: connectorIndex}); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, connectorBuffer); err != nil {
		return err
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return err
	}
	c.epoch = time.Now().Add(-time.Duration(now.Nano()))
	const header, body = 16, 20 + 4 // nlmsghdr, cn_msg with one operation
	m := make([]byte, header+body)
	e := binary.NativeEndian
	e.PutUint32(m[0:], uint32(len(m)))
	e.PutUint16(m[4:], unix.NLMSG_DONE)
	e.PutUint32(m[12:], uint32(os.Getpid()))
	e.PutUint32(m[16:], connectorIndex)
	e.PutUint32(m[20:], connectorIndex)
	e.PutUint16(m[32:], 4)
	e.PutUint32(m[36:], connectorListen)
	return unix.Sendto(c.fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// hear calls f with everything that was said since the last call, in order. It
// does not wait.
func (c *connector) hear(f func(happening)) {
	buffer := make([]byte, 4096)
	for {
		n, _, err := unix.Recvfrom(c.fd, buffer, unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENOBUFS):
			c.lossy = true
			continue
		case err != nil:
			return
		}
		if h, ok := c.parse(buffer[:n]); ok {
			f(h)
		}
	}
}

// parse reads a proc_event behind nlmsghdr and cn_msg.
func (c *connector) parse(m []byte) (happening, bool) {
	const start, data = 16 + 20, 16 + 20 + 16
	if len(m) < data+24 {
		return happening{}, false
	}
	word := func(i int) uint32 { return binary.NativeEndian.Uint32(m[data+4*i:]) }
	h := happening{
		what: binary.NativeEndian.Uint32(m[start:]),
		at:   c.epoch.Add(time.Duration(binary.NativeEndian.Uint64(m[start+8:]))),
	}
	switch h.what {
	case hasForked: // parent thread, parent, child thread, child
		h.parent, h.pid = int(word(1)), int(word(3))
		return h, word(2) == word(3)
	case hasExecuted: // thread, process
		h.pid = int(word(1))
		return h, true
	case hasEnded: // thread, process, status, signal
		h.pid, h.status, h.signal = int(word(1)), word(2), word(3)
		return h, word(0) == word(1)
	}
	return h, false
}

func (c *connector) close() { unix.Close(c.fd) }

// hear takes over what the kernel said of the run's processes. The lock is held.
func (p *polled) hear() {
	if p.connector == nil {
		return
	}
	p.connector.hear(func(h happening) {
		e := p.table.alive(h.pid)
		switch {
		case h.what == hasForked && e == nil && p.table.byPID[h.parent] != nil && !p.killed:
			p.table.started(h.pid, h.parent, h.at)
		case e == nil || h.pid == p.root:
		case h.what == hasForked:
			e.Start = min(e.Start, h.at.Sub(p.table.begin))
		case h.what == hasExecuted:
			e.executed = true
			if argv := argvOf(h.pid); len(argv) > 0 {
				e.Argv = argv
			}
		case h.signal == 0 && !e.executed:
			p.table.forget(e) // see isProbe
		default:
			e.Exit, e.told, e.endedAt = exitOf(syscall.WaitStatus(h.status)), true, h.at
		}
	})
}
