// Where the network is the machine's own, nobody keeps a datagram from a service on
// the loopback, or sees it: a name server passes questions on to the world. So the
// program must not pass. It prints "held" whatever comes of it.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	if c, err := net.Dial("udp", os.Args[1]); err == nil {
		fmt.Fprint(c, "what is the answer?")
		c.Close()
	}
	fmt.Println("held")
}
