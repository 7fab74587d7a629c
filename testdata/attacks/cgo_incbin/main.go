// The assembler reads any file of the machine that compiles.
package main

/*
asm(".section .rodata\n.global answer\nanswer: .incbin \"/etc/passwd\"\n.byte 0\n.previous");
extern const char answer[];
*/
import "C"
import "fmt"

func main() { fmt.Println(C.GoString(&C.answer[0])) }
