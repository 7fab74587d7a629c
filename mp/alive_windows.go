package mp

import (
	"sync/atomic"

	"golang.org/x/sys/windows"
)

const stillActive = 259 // exit code of a process that has not ended

// claim takes the pid as the id. A pid can come again: a lock whose dead owner's
// pid was given away is not taken over until that process ends too.
func claim(*atomic.Uint32) (uint32, error) { return windows.GetCurrentProcessId(), nil }

// alive reports whether the process with that id is running.
func alive(id uint32) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, id)
	if err != nil {
		return err != windows.ERROR_INVALID_PARAMETER
	}
	defer windows.CloseHandle(h)
	var code uint32
	return windows.GetExitCodeProcess(h, &code) != nil || code == stillActive
}
