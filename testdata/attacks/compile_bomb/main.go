// The compiler's memory, time and output are bounded, too.
package main

import "fmt"

var big = [1 << 33]byte{1 << 32: 1}

func main() { fmt.Println(big[len(big)-1]) }
