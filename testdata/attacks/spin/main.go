// Processor time without end.
package main

func main() {
	for n := 1; n != 0; n |= 1 {
	}
}
