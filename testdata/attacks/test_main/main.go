// The submission brings test files. They must take no part.
package main

import "fmt"

var answer = "held"

func main() { fmt.Println(answer) }
