//go:build !race

package mp

import "unsafe"

const raceEnabled = false

func raceAcquire(unsafe.Pointer) {}

func raceRelease(unsafe.Pointer) {}
