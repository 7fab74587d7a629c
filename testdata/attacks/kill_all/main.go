// One call for all of the user's processes. In a place of its own there is
// nobody but the program itself.
package main

import (
	"fmt"
	"syscall"
	"time"
)

func main() {
	_ = syscall.Kill(-1, syscall.SIGKILL)
	time.Sleep(50 * time.Millisecond)
	fmt.Println("held")
}
