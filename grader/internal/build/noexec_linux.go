package build

import "golang.org/x/sys/unix"

// noexec says whether no program in a folder can be started.
func noexec(dir string) bool {
	var s unix.Statfs_t
	return unix.Statfs(dir, &s) == nil && s.Flags&unix.ST_NOEXEC != 0
}
