package descriptor

import "golang.org/x/sys/windows"

// AtomicWrite is how many bytes a pipe takes together or not at all: there is no such
// number.
const AtomicWrite = 0

// Close closes a handle.
func Close(h int) { windows.CloseHandle(windows.Handle(h)) }
