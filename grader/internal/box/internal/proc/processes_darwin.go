package proc

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// processes are all of the system's.
func processes() []process {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	const zombie = 5 // SZOMB
	var list []process
	for _, k := range all {
		list = append(list, process{
			pid: int(k.Proc.P_pid), parent: int(k.Eproc.Ppid), group: int(k.Eproc.Pgid),
			begun: k.Proc.P_starttime.Nano(), zombie: k.Proc.P_stat == zombie,
		})
	}
	return list
}

// Args reads a process's arguments; empty for a zombie.
func Args(pid int) []string {
	data, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil
	}
	return parseProcArgs(data)
}

// parseProcArgs reads what macOS gives for kern.procargs2: the number of
// arguments, the program's path, padding, and the arguments, all ended by NUL.
func parseProcArgs(data []byte) []string {
	if len(data) < 4 {
		return nil
	}
	count := int(binary.LittleEndian.Uint32(data))
	_, rest, found := bytes.Cut(data[4:], []byte{0})
	if !found {
		return nil
	}
	rest = bytes.TrimLeft(rest, "\x00")
	var argv []string
	for len(argv) < count {
		word, after, found := bytes.Cut(rest, []byte{0})
		if !found {
			return nil
		}
		argv, rest = append(argv, string(word)), after
	}
	return argv
}
