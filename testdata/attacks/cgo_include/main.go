// The compiler's complaint about a file that is no C quotes it.
package main

// #cgo CFLAGS: -include /etc/passwd
import "C"
import "fmt"

func main() { fmt.Println("held") }
