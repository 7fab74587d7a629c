// Package control runs a program's real processes in a box and takes hold of
// them. In goes a box.Command of a program that uses package mp. Out comes a
// model.Program, whose processes stop before each operation until they are let
// go, and, from Observe, what the processes of one ordinary run told of
// themselves.
//
// Every process has a line: a socket over which it speaks the language of package
// trace. The first process finds one end of a socket among its descriptors and
// sends its line over it; each parent sends its children's before it starts them.
// That a line closes is how the end of a process is seen. Nothing that comes over
// a line is believed further than it goes: what makes no sense ends the process
// that said it, and the box's own facts stand beside it.
package control
