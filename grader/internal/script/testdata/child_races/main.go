package main

import (
	"fmt"
	"lockstep/mp"
)

var work = mp.Func0("work", func() error {
	n := 0
	done := make(chan bool)
	for range 2 {
		go func() { n++; done <- true }()
	}
	<-done
	<-done
	return nil
})

func main() {
	mp.Main(func() error {
		p, err := work.Start()
		if err != nil {
			return err
		}
		_ = p.Join()
		fmt.Println("fine")
		return nil
	})
}
