//go:build race

package mp

import (
	"runtime"
	"unsafe"
)

const raceEnabled = true

// The race detector does not look at the arena, which is not Go's memory: what
// orders goroutines by way of it is told by means of marks. Two objects that share
// a mark order more than they should, which hides a race and reports none.
var raceMarks [4096]byte

func raceMark(p unsafe.Pointer) unsafe.Pointer {
	return unsafe.Pointer(&raceMarks[uintptr(p)/8%uintptr(len(raceMarks))])
}

// raceAcquire orders what follows behind every raceRelease of p before.
func raceAcquire(p unsafe.Pointer) { runtime.RaceAcquire(raceMark(p)) }

func raceRelease(p unsafe.Pointer) { runtime.RaceReleaseMerge(raceMark(p)) }
