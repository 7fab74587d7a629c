package script

import (
	"fmt"
	"strings"
)

// Summary says in one line what a claim that does not hold is about.
func (c Claim) Summary() string {
	if !c.Whole {
		return fmt.Sprintf("%s: expected %s, seen %s", c.Subject, c.Want, firstLine(c.Got))
	}
	want, got := c.Want, c.Got
	switch {
	case got == "":
		return fmt.Sprintf("%s: nothing was printed", c.Subject)
	case c.Short():
		return fmt.Sprintf("%s: expected %s, seen %s", c.Subject, strings.TrimSuffix(want, "\n"), strings.TrimSuffix(got, "\n"))
	}
	return fmt.Sprintf("%s differs from what is expected", c.Subject)
}

// Short reports whether both sides are one line of at most 40 bytes, to be shown
// beside each other and not as a diff.
func (c Claim) Short() bool { return short(c.Want) && short(c.Got) }

func short(text string) bool {
	text = strings.TrimSuffix(text, "\n")
	return text != "" && len(text) <= 40 && !strings.Contains(text, "\n")
}

func firstLine(text string) string {
	line, rest, more := strings.Cut(text, "\n")
	if more && rest != "" {
		return line + " …"
	}
	return line
}
