//go:build !cgo

package main

import "fmt"

func main() { fmt.Println("held") }
