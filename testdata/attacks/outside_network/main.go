// A server listens on the machine's loopback; its address is the argument. The
// program has no way to it, nor out into the world. Connecting a datagram socket
// sends nothing: it only asks whether there is a way.
package main

import (
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	held := true
	if c, err := net.DialTimeout("tcp", os.Args[1], time.Second); err == nil {
		c.Close()
		held = false
		fmt.Println("reaches the machine")
	}
	for _, address := range []string{"192.0.2.1:53", "[2001:db8::1]:53"} {
		if c, err := net.Dial("udp", address); err == nil {
			c.Close()
			held = false
			fmt.Println("has a way to", address)
		}
	}
	if held {
		fmt.Println("held")
	}
}
