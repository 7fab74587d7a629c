package control

const (
	closeOnExec = 0
	noSignal    = 0 // the Go runtime ignores the signal for descriptors other than 1 and 2
)
