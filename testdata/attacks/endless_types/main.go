// A compiler that unfolds every type never ends with this one.
package main

import "fmt"

type pair[A, B any] struct {
	a A
	b B
}

func grow[T any](n int, x T) any {
	if n == 0 {
		return x
	}
	return grow(n-1, pair[T, T]{x, x})
}

func main() { fmt.Println(grow(3, 1)) }
