//go:build darwin || portable

package wire

// Flags for messages, where the system has them.
const (
	noSignal    = 0
	closeOnExec = 0
)
