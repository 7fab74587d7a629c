// The compiler reads the file for the student.
package main

import (
	_ "embed"
	"fmt"
)

//go:embed answer.txt
var answer string

func main() { fmt.Print(answer) }
