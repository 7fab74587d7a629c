// The plain build has no cgo and takes plain.go; the race detector's has it and
// takes this.
//go:build cgo

package main

// #cgo LDFLAGS: -Wl,/etc/passwd
import "C"
import "fmt"

func main() { fmt.Println("held") }
