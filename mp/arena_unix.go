//go:build linux || darwin

package mp

import (
	"os"

	"golang.org/x/sys/unix"
)

// arenaFD is the descriptor of the arena's memory; -1 in a first process that
// has made none.
var arenaFD = -1

// makeArena creates the memory in the first process; a child has inherited it.
func makeArena() error {
	if arenaFD >= 0 {
		return nil
	}
	fd, err := newMemory()
	if err != nil {
		return err
	}
	size := uint64(arenaSize)
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) == nil && limit.Cur < size {
		size = limit.Cur &^ (arenaHead - 1) // beyond the limit, ftruncate kills the process
	}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("ftruncate", err)
	}
	arenaFD = fd
	return nil
}

func openArena() ([]byte, error) {
	if err := makeArena(); err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(arenaFD, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	if st.Size < 2*arenaHead {
		return nil, ErrArenaFull
	}
	mem, err := unix.Mmap(arenaFD, 0, int(st.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE)
	return mem, os.NewSyscallError("mmap", err)
}
