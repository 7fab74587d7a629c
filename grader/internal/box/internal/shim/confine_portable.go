//go:build darwin || portable

package shim

// confine takes nothing from a program.
func (p *Program) confine() (listener int, err error) { return 0, p.chdir() }
