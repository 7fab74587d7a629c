// TCP on the program's own loopback works.
package main

import (
	"fmt"
	"net"

	"lockstep/mp"
)

var client = mp.Func2("client", func(address string, n int) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c, n)
	if closing := c.Close(); err == nil {
		err = closing
	}
	return err
})

func main() { mp.Main(run) }

func run() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	var all []*mp.Process
	for n := range 3 {
		p, err := client.Start(l.Addr().String(), n+1)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	sum := 0
	for range all {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Fscanln(c, &n); err != nil {
			return err
		}
		sum += n
		c.Close()
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(sum)
	return nil
}
