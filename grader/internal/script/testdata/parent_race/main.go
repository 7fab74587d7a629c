package main

import (
	"fmt"
	"lockstep/mp"
)

func main() {
	mp.Main(func() error {
		n, done := 0, make(chan bool)
		go func() {
			n = 1
			done <- true
		}()
		go func() {
			fmt.Print(n)
			done <- true
		}()
		<-done
		<-done
		return nil
	})
}
