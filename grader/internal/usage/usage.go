// Package usage marks the mistakes of whoever called the grader or wrote the course,
// among all errors: in goes an error, out comes one that ends the grader with exit
// code 2.
package usage

import "fmt"

// Error is such a mistake.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes one, as fmt.Errorf does.
func Errorf(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }
