package mp

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// windowsArena is smaller than elsewhere, because the system sets room in the
// page file aside for all of it.
const windowsArena = 64 << 20

// arenaHandle is the section that holds the arena; 0 in a first process that has
// made none.
var arenaHandle windows.Handle

// makeArena creates the memory in the first process; a child has inherited it.
func makeArena() error {
	if arenaHandle != 0 {
		return nil
	}
	h, err := windows.CreateFileMapping(windows.InvalidHandle, nil, windows.PAGE_READWRITE, 0, windowsArena, nil)
	if err != nil {
		return os.NewSyscallError("CreateFileMapping", err)
	}
	arenaHandle = h
	return nil
}

func openArena() ([]byte, error) {
	if err := makeArena(); err != nil {
		return nil, err
	}
	addr, err := windows.MapViewOfFile(arenaHandle, windows.FILE_MAP_READ|windows.FILE_MAP_WRITE, 0, 0, windowsArena)
	if err != nil {
		return nil, os.NewSyscallError("MapViewOfFile", err)
	}
	// The address is the system's, not the collector's: a pointer to it is made
	// from where the number lies, which vet can follow.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&addr)), windowsArena), nil
}
