// Package mp is not the course's.
package mp

func Main(func() error) { println("another mp") }
