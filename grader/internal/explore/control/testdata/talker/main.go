// Command talker does not use package mp, and does with the descriptor that it finds
// what it is told: it is for the tests of those who listen.
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

const door = 3

func main() {
	for _, do := range os.Args[1:] {
		switch do {
		case "nonsense":
			syscall.Write(door, []byte("nonsense"))
		case "half": // of a frame
			syscall.Write(door, []byte{200, 0, 0, 0, 'c', '0'})
		case "huge": // its length is
			syscall.Write(door, []byte{255, 255, 255, 255, 'c', '0'})
		case "marks": // frames that nobody waits for
			for range 1000 {
				syscall.Write(door, []byte{5, 0, 0, 0, 'm', 5, 0, 0, 0, 'o'})
			}
		case "flood":
			junk := make([]byte, 1<<16)
			for {
				if _, err := syscall.Write(door, junk); err != nil {
					break
				}
			}
		case "stuff": // until nothing fits in any more
			syscall.SetNonblock(door, true)
			for {
				if _, err := syscall.Write(door, []byte{5, 0, 0, 0, 'm'}); err != nil {
					break
				}
			}
		case "odd": // a line that is none
			for _, name := range []string{os.Args[0], "/dev/null"} {
				f, err := os.Open(name)
				if err != nil {
					continue
				}
				syscall.Sendmsg(door, []byte{6, 0, 0, 0, 'c', '0'}, syscall.UnixRights(int(f.Fd())), nil, 0)
			}
		case "linger": // a line whose end takes as long as nobody listens
			both, err := connected()
			if err != nil {
				fmt.Println(err)
				break
			}
			for i, fd := range both {
				frame := []byte{6, 0, 0, 0, 'c', '8' + byte(i)}
				syscall.Sendmsg(door, frame, syscall.UnixRights(fd), nil, 0)
			}
			for _, fd := range both {
				syscall.Close(fd)
			}
		case "itself": // the door as a line
			syscall.Sendmsg(door, []byte{6, 0, 0, 0, 'c', '0'}, syscall.UnixRights(door), nil, 0)
		case "many":
			for i := range 200 {
				pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
				if err != nil {
					break
				}
				path := fmt.Sprint("0.", i+1)
				if i == 0 {
					path = "0"
				}
				syscall.Sendmsg(door, append([]byte{byte(5 + len(path)), 0, 0, 0, 'c'}, path...), syscall.UnixRights(pair[0]), nil, 0)
				syscall.Write(pair[1], []byte{5, 0, 0, 0, 'm'})
			}
		case "close":
			syscall.Close(door)
		case "orphan": // holds the door, and lives on
			files := []*os.File{os.Stdin, os.Stdout, os.Stderr, os.NewFile(door, "door")}
			if _, err := os.StartProcess("/proc/self/exe", []string{"talker", "sleep"}, &os.ProcAttr{Files: files}); err != nil {
				fmt.Println(err)
			}
		case "sleep":
			time.Sleep(time.Hour)
		case "work":
			for until := time.Now().Add(20 * time.Millisecond); time.Now().Before(until); {
			}
		}
	}
	fmt.Println("done")
}

// connected makes two ends of a connection. Much is under way from the first, which is
// to wait for an hour, until it has arrived, when it is closed.
func connected() (fds [2]int, err error) {
	listener, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return fds, err
	}
	defer syscall.Close(listener)
	if err := syscall.Bind(listener, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return fds, err
	}
	if err := syscall.Listen(listener, 1); err != nil {
		return fds, err
	}
	at, err := syscall.Getsockname(listener)
	if err != nil {
		return fds, err
	}
	if fds[0], err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); err != nil {
		return fds, err
	}
	if err := syscall.Connect(fds[0], at); err != nil {
		return fds, err
	}
	if fds[1], _, err = syscall.Accept(listener); err != nil {
		return fds, err
	}
	syscall.SetsockoptLinger(fds[0], syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1, Linger: 3600})
	syscall.SetNonblock(fds[0], true)
	for err == nil {
		_, err = syscall.Write(fds[0], make([]byte, 1<<16))
	}
	return fds, nil
}
