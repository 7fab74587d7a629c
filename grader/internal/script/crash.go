package script

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// frame is where a stack trace says that a function stood: "\tmain.go:53 +0x1d".
var frame = regexp.MustCompile(`^\t(\S+\.go:\d+)`)

// crash is what a Go program says of its end by a panic, as far as it concerns whoever
// wrote it: the message, and the lines of the program's own files; those of the library
// and the runtime are counted. It is empty where nothing of the kind is said.
func crash(said []string) []string {
	at := -1
	for i, line := range said {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			at = i
			break
		}
	}
	if at < 0 {
		return nil
	}
	var told []string
	own, others := 0, 0
	function := ""
	for _, line := range said[at:] {
		place := frame.FindStringSubmatch(line)
		switch {
		case line == "" && function != "":
			// The first goroutine is the one that crashed.
			return folded(told, own, others)
		case line == "" || strings.HasPrefix(line, "[signal ") || strings.HasPrefix(line, "goroutine "):
		case place == nil && function == "" && !called.MatchString(line):
			told = append(told, line) // of the message
		case place == nil:
			function = line
		case strings.ContainsAny(place[1], `/\`):
			others++
		default:
			own++
			name, _, _ := strings.Cut(strings.TrimPrefix(function, "created by "), " in goroutine ")
			if i := strings.LastIndexByte(name, '('); i >= 0 && strings.HasSuffix(name, ")") { // its arguments
				name = name[:i]
			} // where several crash at once, their lines may be torn
			told = append(told, fmt.Sprintf("  %s at %s", strings.TrimPrefix(name, "main."), place[1]))
		}
	}
	return folded(told, own, others)
}

// called is a function as a stack trace names it, before the line that says where.
var called = regexp.MustCompile(`^(created by )?[\w./-]+\.[\w.()*\[\]]+`)

func folded(told []string, own, others int) []string {
	if own > 0 && others > 0 {
		told = append(told, fmt.Sprintf("  (and %s in the library and the runtime)", plural(strconv.Itoa(others), "place", "places")))
	}
	return told
}
