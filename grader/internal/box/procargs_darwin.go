package box

import (
	"bytes"
	"encoding/binary"
)

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
