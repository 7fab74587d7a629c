package script

import (
	"fmt"
	"strings"

	"lockstep/grader/internal/explore"
)

// Summary says in one line what a claim that does not hold is about.
func (c Claim) Summary() string { return c.fault().String() }

func (c Claim) fault() explore.Fault {
	f := c.text()
	f.Outcome = c.Outcome
	return f
}

func (c Claim) text() explore.Fault {
	want, got := strings.TrimSuffix(c.Want, "\n"), strings.TrimSuffix(c.Got, "\n")
	switch {
	case !c.Whole:
		want, got = c.Want, firstLine(c.Got)
	case c.Got == "":
		return explore.Fault{Of: c.Subject, Text: "nothing was printed"}
	case !c.Short():
		return explore.Fault{Text: c.Subject + " differs from what is expected"}
	}
	return explore.Fault{Of: c.Subject, Text: fmt.Sprintf("expected %s, seen %s", want, got)}
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
