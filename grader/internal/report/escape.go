package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostPageRunes bounds a line of what was printed where there is room, as on a page.
const mostPageRunes = 400

// Escape makes a line of somebody else's output harmless on a screen and in a
// log: control characters, invalid UTF-8 and characters that change the writing
// direction are shown as Go writes them, what a CI system would obey is broken up,
// and the line is cut after most runes.
func Escape(line string, most int) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if n == most {
			b.WriteString("…")
			break
		}
		n++
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + hex(line[i]))
		case r == '\t':
			b.WriteString("    ")
		case unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		i += size
	}
	return inert(b.String())
}

// inert keeps a line from being a workflow command of GitHub Actions, whose
// runner reads the whole log: "::name::" at the start of a line, where a longer
// line may be broken too, and "##[name]" anywhere.
func inert(line string) string {
	var b strings.Builder
	space := true
	for i, c := range line {
		rest := line[i:]
		switch {
		case space && strings.HasPrefix(rest, "::"):
			b.WriteString(`\x3a`)
		case c == '[' && strings.HasSuffix(line[:i], "##"):
			b.WriteString(`\x5b`)
		default:
			b.WriteRune(c)
		}
		space = unicode.IsSpace(c)
	}
	return b.String()
}

func hex(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

// inASCII are the characters of the grader's own words and pictures, for a terminal
// that has no others.
var inASCII = strings.NewReplacer(
	"…", "...", "–", "-", "—", "-", "−", "-", "·", "-", "’", "'", "“", `"`, "”", `"`, "×", "x", "≥", ">=", "≤", "<=",
	"→", "->", "←", "<-", "▶", ">", "◀", "<", "✓", "ok", "✗", "x",
	"▸", ">", "⋮", ":", "│", "|", "┃", "|", "║", "|", "─", "-", "━", "-", "┄", "-", "═", "=", "┼", "+", "├", "+", "┤", "+", "┌", "+", "┐", "+", "└", "+", "┘", "+", "┬", "+", "┴", "+",
)

// ASCII writes the grader's own signs by others, for a terminal that has no more, and what
// is left of other characters as Go does.
func ASCII(text string) string {
	text = inASCII.Replace(text)
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRuneToASCII(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}
