package report

import (
	"strings"
	"unicode/utf8"
)

// Fold breaks a line that is wider than width, at spaces where it can; what goes on below
// is indented by hang. Colours take no room, and go on below.
func Fold(line string, width, hang int) []string {
	hang = min(hang, width/2)
	var out []string
	for {
		at, next := breakAt(line, width)
		if at < 0 {
			return append(out, line)
		}
		out = append(out, line[:at])
		line = strings.Repeat(" ", hang) + line[next:]
	}
}

// breakAt is where a line has to end, and where the next one begins; -1: it has room.
func breakAt(line string, width int) (end, next int) {
	column, space, after := 0, -1, true // after a space, or after nothing
	for i := 0; i < len(line); {
		if n := colourLength(line[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == ' ' && !after {
			space = i
		}
		after = r == ' '
		if column++; column > width {
			if space < 0 {
				return i, i
			}
			return space, space + len(line[space:]) - len(strings.TrimLeft(line[space:], " "))
		}
		i += size
	}
	return -1, -1
}

// colourLength is how long the escape sequence is that a text begins with, if it does.
func colourLength(text string) int {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0
	}
	return strings.IndexByte(text, 'm') + 1
}
