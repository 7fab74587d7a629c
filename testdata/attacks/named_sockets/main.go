// Whoever may speak to a service may let it do what he may not do himself. Its name
// is a file's, or one that is no file's.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

func main() {
	path, abstract := os.Args[1], os.Args[2]
	os.Symlink(path, "symlink")
	os.Link(path, "link")
	held := true
	try := func(how string, network, name string) {
		if c, err := net.Dial(network, name); err == nil {
			c.Close()
			held = false
			fmt.Println("reaches it", how)
		}
	}
	try("by its file", "unix", path)
	try("by a symbolic link", "unix", "symlink")
	try("by a link", "unix", "link")
	try("by its name", "unix", abstract)
	try("by a datagram", "unixgram", path)
	if pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0); err == nil {
		// A datagram may name another receiver than the pair's other end. EPROTOTYPE
		// says that it was found.
		err := syscall.Sendto(pair[0], []byte("x"), 0, &syscall.SockaddrUnix{Name: path})
		if err == nil || err == syscall.EPROTOTYPE {
			held = false
			fmt.Println("reaches it by a pair")
		}
	}
	if err := os.Chdir(filepath.Dir(path)); err == nil {
		try("from its folder", "unix", filepath.Base(path))
	}
	if held {
		fmt.Println("held")
	}
}
