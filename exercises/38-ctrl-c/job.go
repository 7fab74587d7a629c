package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

// Square is a job: it takes a while. Jobs are for the workers, and their parent says so when
// it does one itself.
func Square(n int) int {
	if mp.Current().Name() == "main" {
		fmt.Println("the parent does job", n, "itself")
	}
	mp.Sleep(100 * time.Millisecond)
	return n * n
}
