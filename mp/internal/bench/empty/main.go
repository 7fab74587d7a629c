// Empty is the least that a Go program can be: the floor for starting one.
package main

func main() {}
