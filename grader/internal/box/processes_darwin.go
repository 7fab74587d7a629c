package box

import "golang.org/x/sys/unix"

// processes are all of the system's.
func processes() []found {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	const zombie = 5 // SZOMB
	var list []found
	for _, k := range all {
		list = append(list, found{
			pid: int(k.Proc.P_pid), parent: int(k.Eproc.Ppid), group: int(k.Eproc.Pgid),
			begun: k.Proc.P_starttime.Nano(), zombie: k.Proc.P_stat == zombie,
		})
	}
	return list
}

func argvOf(pid int) []string {
	data, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil
	}
	return parseProcArgs(data)
}
