// TCP can be opened by sending (fast open): what looks at connect alone never hears
// of it.
package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

func main() {
	const fastOpen = 0x20000000 // MSG_FASTOPEN
	address, err := net.ResolveTCPAddr("tcp4", os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	to := &syscall.SockaddrInet4{Port: address.Port, Addr: [4]byte(address.IP.To4())}
	held := true
	for how, send := range map[string]func(fd int) error{
		"sendto":  func(fd int) error { return syscall.Sendto(fd, []byte("x"), fastOpen, to) },
		"sendmsg": func(fd int) error { return syscall.Sendmsg(fd, []byte("x"), nil, to, fastOpen) },
	} {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			fmt.Println(err)
			continue
		}
		if send(fd) == nil {
			held = false
			fmt.Println("reaches it by", how)
		}
		syscall.Close(fd)
	}
	if held {
		fmt.Println("held")
	}
}
