// What a program prints must not move the reader's cursor, end a report early or
// break a file that is to be read as JSON or XML.
package main

import (
	"os"
	"strings"
)

func main() {
	os.Stdout.WriteString(strings.Repeat("\x1b[2J\x1b]0;mine\a\x00\xff\xfe\r\b]]>\u202e\u2028", 1000))
}
