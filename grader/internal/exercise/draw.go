package exercise

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

var (
	drawForm = form(`\{\{(?:int|float|word|pick|list) [^{}\n]*\}\}`)
	nearDraw = form(`\{\{\s*(int|float|word|pick|list)\b[^{}]*\}{0,2}`) // what was meant as one
	pidForm  = form(`\{\{pid (\d+)\}\}`)
	nearPID  = form(`\{\{\s*pid\b[^{}]*\}{0,2}`)
)

// ExpandDraws replaces every draw of a text by what is drawn, in order. Each can be
// drawn in every text that Parse accepted.
func ExpandDraws(text string, pick Pick) string {
	return drawForm().ReplaceAllStringFunc(text, func(found string) string {
		d, err := readDraw(found)
		if err != nil {
			return found // told when it was read
		}
		return d(pick)
	})
}

// TellDraws replaces every draw of a text by what a person reads of it: "3..9" of numbers,
// "red|green" of what is picked, and "…" of what is longer to say.
func TellDraws(text string) string {
	return drawForm().ReplaceAllStringFunc(text, func(found string) string {
		words := strings.Fields(strings.Trim(found, "{}"))
		switch {
		case words[0] == "pick":
			return strings.Join(words[1:], "|")
		case (words[0] == "int" || words[0] == "float") && len(words) > 2:
			return words[1] + ".." + words[2]
		}
		return "…"
	})
}

// mostDrawn is a text with the last and the most of what can be drawn: if no separator of
// a list stands in it, none ever does.
func mostDrawn(text string) string {
	return ExpandDraws(text, func(_, high int) int { return high })
}

// ExpandPIDs replaces every "{{pid N}}" of a text by what pid returns for N.
func ExpandPIDs(text string, pid func(n int) string) string {
	return pidForm().ReplaceAllStringFunc(text, func(found string) string {
		n, _ := strconv.Atoi(pidForm().FindStringSubmatch(found)[1]) // the greatest, if it is too large
		return pid(n)
	})
}

// AnyPID stands for the pid of one of the run's children, another one each time.
const AnyPID = "{{pid}}"

// SpeaksOfPIDs reports whether a text holds "{{pid N}}" or AnyPID.
func SpeaksOfPIDs(text string) bool {
	return strings.Contains(text, AnyPID) || pidForm().MatchString(text)
}

// draws reports whether the files that it is given leave anything to the seed.
func (f *Files) draws() bool {
	return f != nil && slices.ContainsFunc(slices.Collect(maps.Values(f.Given)), drawForm().MatchString)
}

// draws reports whether the run leaves anything to the seed.
func (r *Run) draws() bool {
	given := append([]string{r.Stdin}, r.Args...)
	for _, t := range r.Dialogue {
		given = append(given, t.said())
	}
	return slices.ContainsFunc(slices.AppendSeq(given, maps.Values(r.Env)), drawForm().MatchString)
}

// Draws reports whether the check leaves anything to the seed of what it runs.
func (c *Check) Draws() bool {
	return c.Run != nil && c.Run.draws() || c.Files.draws() || c.Script != nil && drawForm().MatchString(c.Script.Text)
}

// Explores reports whether the check explores interleavings.
func (c *Check) Explores() bool {
	return c.Races != nil || c.Script != nil && c.Script.Uses("interleavings")
}

// badDraw finds what of a text looks like a draw and can't be made.
func badDraw(text string) (found, why string) {
	for _, found := range nearDraw().FindAllString(text, -1) {
		if _, err := readDraw(found); err != nil {
			return found, err.Error()
		}
	}
	return "", ""
}

// badPID finds what of a text looks like a process's pid and is not.
func badPID(text string) (found, why string) {
	for _, found := range nearPID().FindAllString(text, -1) {
		if found != AnyPID && pidForm().FindString(found) != found {
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
	rest := drawForm().ReplaceAllString(text, "")
	if pids {
		return "", ""
	}
	if i := strings.Index(rest, "{{"); i >= 0 {
		return rest[i:], fmt.Sprintf("found %q, a draw is written {{int 3 9}}; there are also float, list, pick and word", text)
	}
	return "", ""
}
