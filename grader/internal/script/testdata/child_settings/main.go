package main

import (
	"fmt"
	"lockstep/mp"
	"os"
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
		os.Setenv("GORACE", "log_path=/dev/null exitcode=0 atexit_sleep_ms=0")
		p, err := work.Start()
		if err != nil {
			return err
		}
		_ = p.Join()
		fmt.Println("fine")
		return nil
	})
}
