//go:build !portable

package box

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/supervisor"
)

func init() {
	roles["sockets"] = func(args []string) int { // honest: what it makes it uses, and prints what did not work
		here, _ := os.Getwd()
		for name, try := range map[string]func() error{
			"TCP":                       func() error { return exchange("tcp4", "127.0.0.1:0") },
			"TCP on every address":      func() error { return exchange("tcp", ":0") },
			"a name without a file":     func() error { return exchange("unix", fmt.Sprintf("@own-%d", os.Getpid())) },
			"a name in its folder":      func() error { return exchange("unix", "socket") },
			"the same by its full name": func() error { return exchange("unix", filepath.Join(here, "socket")) },
			"packets in order":          func() error { return exchange("unixpacket", "packets") },
			"TCP over IPv6": func() error {
				if !slices.Contains(args, "IPv6") {
					return nil
				}
				return exchange("tcp6", "[::1]:0")
			},
			"datagrams": func() error {
				if !slices.Contains(args, "datagrams") {
					return nil
				}
				to, err := net.ListenPacket("udp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				defer to.Close()
				from, err := net.Dial("udp", to.LocalAddr().String())
				if err != nil {
					return err
				}
				defer from.Close()
				fmt.Fprint(from, "text")
				text := make([]byte, 10)
				n, _, err := to.ReadFrom(text)
				if string(text[:n]) != "text" {
					return fmt.Errorf("%q, %w", text[:n], err)
				}
				return nil
			},
			"many at a time": func() error {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				defer l.Close()
				failed := make(chan error)
				for range 50 {
					go func() {
						c, err := net.Dial("tcp", l.Addr().String())
						closeIf(c)
						failed <- err
					}()
				}
				for range 50 {
					if e := <-failed; e != nil {
						err = e
					}
				}
				return err
			},
			"many that are left": func() error {
				for range 3 * supervisor.MostCopies {
					fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
					if err != nil {
						return err
					}
					unix.Close(fd)
				}
				return nil
			},
			"nobody": func() error {
				if _, err := net.Dial("unix", "@own-nobody"); err == nil || !strings.Contains(err.Error(), "connection refused") {
					return fmt.Errorf("is there: %v", err)
				}
				return nil
			},
		} {
			if err := try(); err != nil {
				fmt.Printf("%s: %v\n", name, err)
			}
		}
		return 0
	}
	roles["intrude"] = func(args []string) int { // tries to reach services, and prints which it did
		tcp, path, abstract := args[0], args[1], args[2]
		os.Symlink(path, "symlink")
		unix.Linkat(unix.AT_FDCWD, path, unix.AT_FDCWD, "link", 0)
		for name, try := range map[string]func() error{
			"by TCP":            func() error { return dialled(net.Dial("tcp", tcp)) },
			"by the outside":    func() error { return dialled(net.Dial("tcp", args[3])) },
			"by its file":       func() error { return dialled(net.Dial("unix", path)) },
			"by a link":         func() error { return dialled(net.Dial("unix", "link")) },
			"by a symlink":      func() error { return dialled(net.Dial("unix", "symlink")) },
			"by its folder":     func() error { os.Chdir(filepath.Dir(path)); return dialled(net.Dial("unix", filepath.Base(path))) },
			"by another name":   func() error { return dialled(net.Dial("unix", "@"+abstract)) },
			"by a datagram":     func() error { return dialled(net.Dial("unixgram", path)) },
			"by a pair":         func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0); return err },
			"by opening fast":   func() error { return openFast(tcp) },
			"by streams of UDP": func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_UDP); return err },
			"by the wire":       func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP); return err },
			"by another device": func() error {
				fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
				if err != nil {
					return err
				}
				return unix.BindToDevice(fd, "")
			},
		} {
			if try() == nil {
				fmt.Println(name)
			}
		}
		return 0
	}
	roles["flip"] = func(args []string) int { // changes the address while it is read, and prints whom it reached
		own, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 1
		}
		go func() {
			for {
				c, err := own.Accept()
				if err != nil {
					return
				}
				c.Close()
			}
		}()
		ports := []uint16{portOf(own.Addr().String()), portOf(args[0])}
		address := unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: [4]byte{127, 0, 0, 1}}
		front := (*[2]uint16)(unsafe.Pointer(&address)) // the family and the port, for which there is one word
		go func() {
			for i := 0; ; i++ {
				both := [2]uint16{front[0], ports[i%2]}
				atomic.StoreUint32((*uint32)(unsafe.Pointer(front)), *(*uint32)(unsafe.Pointer(&both)))
			}
		}()
		reached := 0
		for tries := 0; tries < 100 || reached == 0; tries++ {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
			if err != nil {
				return 1
			}
			unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&address)), unsafe.Sizeof(address))
			if peer, err := unix.Getpeername(fd); err == nil {
				if at, ok := peer.(*unix.SockaddrInet4); ok && at.Port == int(ports[1]<<8|ports[1]>>8) {
					fmt.Println("reached it")
				} else {
					reached++
				}
			}
			unix.Close(fd)
		}
		return 0
	}
}

// exchange sends a word from a client to a server.
func exchange(network, at string) error {
	l, err := net.Listen(network, at)
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		if c, err := net.Dial(network, l.Addr().String()); err == nil {
			fmt.Fprint(c, "word")
			c.Close()
		} else {
			fmt.Println(network, at, err)
			l.Close()
		}
	}()
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	if text, err := io.ReadAll(c); string(text) != "word" {
		return fmt.Errorf("got %q, %w", text, err)
	}
	return nil
}

func dialled(c net.Conn, err error) error {
	closeIf(c)
	return err
}

// portOf is an address's port in the order of the network.
func portOf(address string) uint16 {
	p := netip.MustParseAddrPort(address).Port()
	return p<<8 | p>>8
}

// openFast connects by sending.
func openFast(address string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	to := &unix.SockaddrInet4{Port: int(netip.MustParseAddrPort(address).Port()), Addr: [4]byte{127, 0, 0, 1}}
	return unix.Sendto(fd, []byte("word"), unix.MSG_FASTOPEN, to)
}

// sockets are the arguments of a program that uses sockets, those over IPv6 where the
// machine has it: a container may not.
func sockets(more ...string) []string {
	l, err := net.Listen("tcp6", "[::1]:0")
	if closed(l, err) == nil {
		more = append(more, "IPv6")
	}
	return append([]string{"sockets"}, more...)
}

// TestSockets: a program has the sockets that it needs, in every tier.
func TestSockets(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		o := runIn(t, tier, command(t, sockets()...))
		if o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 || o.Unheld != "" {
			t.Errorf("got %+v, %q, %q %s", o.Exit, o.Unheld, o.Stdout.Bytes, o.Stderr.Bytes)
		}
	})
}

// TestDatagrams work, but where the network is the machine's own, nobody can say
// where they went.
func TestDatagrams(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		o := runIn(t, tier, command(t, sockets("datagrams")...))
		if o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 || (o.Unheld != "") == private(tier) {
			t.Errorf("got %+v, %q, %q %s", o.Exit, o.Unheld, o.Stdout.Bytes, o.Stderr.Bytes)
		}
	})
}

// TestBlind: where nobody may read a program's memory, it has its sockets as ever, and
// it is said what they may have been good for.
func TestBlind(t *testing.T) {
	for _, tier := range []Tier{TierC, TierD} {
		for _, test := range []struct {
			role   []string
			unheld bool
		}{{sockets(), true}, {[]string{"govern"}, false}} {
			b, err := Open(t.Context(), Setup{Program: self(t), Tier: tier, Blind: true})
			if err != nil {
				t.Skip(err)
			}
			defer b.Close()
			o, err := b.Run(t.Context(), Command{Args: test.role, Env: []string{reexec.AtOnce}})
			if err != nil || o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 || (o.Unheld != "") != test.unheld {
				t.Errorf("%s: %v, %+v, %q, %q %s", test.role, err, o.Exit, o.Unheld, o.Stdout.Bytes, o.Stderr.Bytes)
			}
		}
	}
}

// TestServices: a program reaches no service that is not its own.
func TestServices(t *testing.T) {
	dir, err := os.MkdirTemp("", "") // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	abstract := fmt.Sprintf("lockstep-services-%d", os.Getpid())
	var addresses []string
	for _, l := range []struct{ network, at string }{
		{"tcp", "127.0.0.1:0"}, {"unix", filepath.Join(dir, "s")}, {"unix", "@" + abstract}, {"tcp", "0.0.0.0:0"},
	} {
		listener, err := net.Listen(l.network, l.at)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		addresses = append(addresses, listener.Addr().String())
	}
	// The machine's address, as others see it.
	_, port, _ := net.SplitHostPort(addresses[3])
	addresses[3] = net.JoinHostPort("127.0.0.2", port)
	if all, _ := net.InterfaceAddrs(); len(all) > 0 {
		for _, a := range all {
			if ip, _, _ := net.ParseCIDR(a.String()); ip.To4() != nil && !ip.IsLoopback() {
				addresses[3] = net.JoinHostPort(ip.String(), port)
			}
		}
	}
	if c, err := net.Dial("tcp", addresses[3]); err != nil {
		t.Fatal(err)
	} else {
		c.Close()
	}
	inTiers(t, func(t *testing.T, tier Tier) {
		for _, args := range [][]string{{"intrude", addresses[0], addresses[1], abstract, addresses[3]}, {"flip", addresses[0]}} {
			c := command(t, args...)
			c.Limits.Wall, c.Limits.CPU = time.Minute, time.Minute
			o := runIn(t, tier, c)
			said := strings.Fields(string(o.Stdout.Bytes))
			if private(tier) { // a network of its own: pairs harm nobody there, nor does opening fast
				said = slices.DeleteFunc(strings.Split(strings.TrimSpace(string(o.Stdout.Bytes)), "\n"), func(s string) bool {
					return s == "" || s == "by a pair" || s == "by another device"
				})
			}
			if o.Exit != (Exit{}) || len(said) > 0 || o.Unheld != "" {
				t.Errorf("%s: %+v, %+v, %q, %q %s", args[0], o.Exit, o.Exceeded, o.Unheld, o.Stdout.Bytes, o.Stderr.Bytes)
			}
		}
	})
}

// TestInterruptedSockets: a thread that waits for the supervisor may be called away by
// a signal, and asks again.
func TestInterruptedSockets(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		o := runIn(t, tier, command(t, "interrupted"))
		if o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
			t.Errorf("got %+v, %q %s", o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
		}
	})
}

// TestInterruptedSupervisor: so may be init, while it answers.
func TestInterruptedSupervisor(t *testing.T) {
	inTiers(t, func(t *testing.T, tier Tier) {
		if private(tier) {
			return
		}
		b, err := Open(t.Context(), Setup{Program: self(t), Tier: tier})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		done := make(chan bool)
		defer close(done)
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", b.init.Process.Pid))
					for _, thread := range threads {
						id, _ := strconv.Atoi(thread.Name())
						unix.Tgkill(b.init.Process.Pid, id, unix.SIGURG)
					}
				}
			}
		}()
		for range 5 {
			o, err := b.Run(t.Context(), Command{Args: sockets(), Env: []string{reexec.AtOnce}, Limits: Limits{Wall: time.Minute}})
			if err != nil || o.Exit != (Exit{}) || len(o.Stdout.Bytes) > 0 {
				t.Errorf("got %v, %+v, %q %s", err, o.Exit, o.Stdout.Bytes, o.Stderr.Bytes)
			}
		}
	})
}

func init() {
	roles["interrupted"] = func([]string) int { // connects again and again under a rain of signals
		done := make(chan bool)
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					syscall.Kill(os.Getpid(), syscall.SIGURG)
				}
			}
		}()
		defer close(done)
		for i := range 200 {
			if err := exchange([]string{"tcp", "unix"}[i%2], []string{"127.0.0.1:0", fmt.Sprint("@rain-", os.Getpid(), i)}[i%2]); err != nil {
				fmt.Println(err)
				return 1
			}
		}
		return 0
	}
}
