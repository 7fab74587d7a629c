package report

import (
	"strings"

	"github.com/fatih/color"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

// timelineColors are how the pieces of an interleaving look, where colours are
// wanted; without them the words alone say everything.
var timelineColors = map[explore.Mark][]color.Attribute{
	explore.Title:   {color.Bold},
	explore.Head:    {color.Bold},
	explore.Place:   {color.Faint},
	explore.Value:   {color.FgBlue},
	explore.Faulty:  {color.FgRed, color.Bold},
	explore.Blocked: {color.FgRed},
	explore.Turn:    {color.Faint},
	explore.Note:    {color.FgYellow},
	explore.Command: {color.FgCyan},
}

// timeline writes an interleaving that fails, a column per process, at the
// terminal's own width.
func (t *Terminal) timeline(v judge.Verdict) {
	const indent = "      "
	e := v.Interleavings
	for _, line := range explore.Timeline(e.Failures[0], e, t.style.Width-len(indent), false, v.Replay) {
		var b strings.Builder
		for _, piece := range line {
			text := Escape(piece.Text, maxLineRunes)
			if attributes := timelineColors[piece.Mark]; len(attributes) > 0 {
				text = t.paint(text, attributes...)
			}
			b.WriteString(text)
		}
		t.line("%s", strings.TrimRight(indent+b.String(), " "))
	}
}
