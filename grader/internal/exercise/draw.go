package exercise

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	drawForm = regexp.MustCompile(`\{\{int (-?\d+) (-?\d+)\}\}`)
	nearDraw = regexp.MustCompile(`\{\{\s*int\b[^{}]*\}{0,2}`) // what was meant as one
	pidForm  = regexp.MustCompile(`\{\{pid(?: \d+)?\}\}`)
	nearPID  = regexp.MustCompile(`\{\{\s*pid\b[^{}]*\}{0,2}`)
)

// ExpandDraws replaces every "{{int LOW HIGH}}" of a text by what pick returns for
// it. LOW <= HIGH holds for every text that Parse accepted.
func ExpandDraws(text string, pick func(low, high int) string) string {
	return drawForm.ReplaceAllStringFunc(text, func(found string) string {
		low, high, _ := drawBounds(found)
		return pick(low, high)
	})
}

// Draws says whether the run leaves anything to the seed.
func (r *Run) Draws() bool {
	if drawForm.MatchString(r.Stdin) {
		return true
	}
	for _, a := range r.Args {
		if drawForm.MatchString(a) {
			return true
		}
	}
	for _, v := range r.Env {
		if drawForm.MatchString(v) {
			return true
		}
	}
	return false
}

// drawBounds reads the numbers of a draw. There are at most 2^32 to draw from.
func drawBounds(found string) (low, high int, ok bool) {
	m := drawForm.FindStringSubmatch(found)
	if m == nil {
		return 0, 0, false
	}
	low, errLow := strconv.Atoi(m[1])
	high, errHigh := strconv.Atoi(m[2])
	const most = 1 << 32
	return low, high, errLow == nil && errHigh == nil && low >= -most && high <= most && low <= high
}

// badDraw finds what of a text looks like a draw and can't be made.
func badDraw(text string) (found, why string) {
	for _, found := range nearDraw.FindAllString(text, -1) {
		if !drawForm.MatchString(found) {
			return found, fmt.Sprintf("found %q, a draw is written {{int 3 9}}", found)
		}
		if low, high, ok := drawBounds(found); low > high {
			return found, fmt.Sprintf("%s needs its smaller number first", found)
		} else if !ok {
			return found, fmt.Sprintf("%s needs numbers of at most nine digits", found)
		}
	}
	return "", ""
}

// badPID finds what of a text looks like a process's pid and is not.
func badPID(text string) (found, why string) {
	for _, found := range nearPID.FindAllString(text, -1) {
		if pidForm.FindString(found) != found {
			return found, fmt.Sprintf("found %q, a process's pid is written {{pid 1}}", found)
		}
	}
	return "", ""
}

// strayBraces finds what of an argument is in braces and is not a draw, or a pid
// where there may be one.
func strayBraces(text string, pids bool) (found, why string) {
	if found, why = badDraw(text); found != "" {
		return found, why
	}
	if found, why = badPID(text); found != "" {
		return found, why
	}
	rest := drawForm.ReplaceAllString(text, "")
	if pids {
		return "", ""
	}
	if i := strings.Index(rest, "{{"); i >= 0 {
		return rest[i:], fmt.Sprintf("found %q, a draw is written {{int 3 9}}", text)
	}
	return "", ""
}
