// What is looked at by one and used by another can change in between: a thread
// connects to an address, and another one goes on changing it from the program's own
// server's to that of a service of the machine's.
package main

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"
)

func main() {
	own, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
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
	theirs, err := net.ResolveTCPAddr("tcp4", os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	address := syscall.RawSockaddrInet4{Family: syscall.AF_INET, Addr: [4]byte{127, 0, 0, 1}}
	port := func(n int) uint16 { return uint16(n)<<8 | uint16(n)>>8 } // in the order of the network
	ports := []uint16{port(own.Addr().(*net.TCPAddr).Port), port(theirs.Port)}
	front := (*uint32)(unsafe.Pointer(&address)) // the family and the port
	go func() {
		for i := 0; ; i++ {
			both := [2]uint16{syscall.AF_INET, ports[i%2]}
			atomic.StoreUint32(front, *(*uint32)(unsafe.Pointer(&both)))
		}
	}()
	reached := 0
	for range 100 {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		syscall.Syscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&address)), unsafe.Sizeof(address))
		if peer, err := syscall.Getpeername(fd); err == nil && peer.(*syscall.SockaddrInet4).Port == theirs.Port {
			reached++
		}
		syscall.Close(fd)
	}
	if reached == 0 {
		fmt.Println("held")
		return
	}
	fmt.Println("reached it", reached, "times")
}
