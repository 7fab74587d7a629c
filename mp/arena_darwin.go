package mp

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// arenaFD is the descriptor of the arena's memory; -1 in a first process that
// has made none.
var arenaFD = -1

// makeArena creates the memory in the first process, as a file that has no name
// any more; a child has inherited it.
func makeArena() error {
	if arenaFD >= 0 {
		return nil
	}
	file, err := os.CreateTemp("", "mp")
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil {
		return err
	}
	if err := file.Truncate(arenaSize); err != nil {
		return err
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Dup(int(file.Fd()))
	if err != nil {
		return os.NewSyscallError("dup", err)
	}
	unix.CloseOnExec(fd)
	arenaFD = fd
	return nil
}

func openArena() ([]byte, error) {
	if err := makeArena(); err != nil {
		return nil, err
	}
	mem, err := unix.Mmap(arenaFD, 0, arenaSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return mem, os.NewSyscallError("mmap", err)
}
