//go:build darwin || portable

package control

const (
	closeOnExec = 0
	noSignal    = 0 // the Go runtime ignores the signal for descriptors other than 1 and 2
)

// packet is how much of what one call writes comes out at once at most: nothing is
// taken apart.
const packet = 0
