package script

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A difference is the first of two texts' lines that differ, where they look alike.
type difference struct {
	line      int // from 1
	want, got string
}

// unseen finds where two texts differ that would look alike beside each other: in line
// ends, in white space at the ends of lines, in characters that show as a space or as
// nothing. It returns false where something else differs too.
func unseen(want, got string) (difference, bool) {
	if want == got || plain(want) != plain(got) || plain(want) == "" {
		return difference{}, false
	}
	w, g := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	for i := range max(len(w), len(g)) {
		d := difference{line: i + 1}
		if i < len(w) {
			d.want = w[i]
		}
		if i < len(g) {
			d.got = g[i]
		}
		if d.want != d.got {
			const most = 400 // bytes that can be read
			return d, len(d.want)+len(d.got) <= most
		}
	}
	return difference{}, false
}

// plain is a text as it looks.
func plain(text string) string {
	looks := strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || unicode.Is(unicode.Cf, r): // marks of order, of width 0, of direction
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
	lines := strings.Split(looks, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// words names what is there that should not be, or is missing.
func (d difference) words() string {
	want := strings.TrimSuffix(d.want, "\n")
	got, gotEnds := strings.CutSuffix(d.got, "\n")
	switch {
	case want == got && !gotEnds:
		return "its line end is missing"
	case want == got:
		return "a line end too many"
	case got == want+"\r":
		return "a carriage return before its end, as Windows writes"
	case strings.TrimRightFunc(got, unicode.IsSpace) == strings.TrimRightFunc(want, unicode.IsSpace):
		if len(got) < len(want) {
			return "white space is missing at its end"
		}
		if extra := strings.TrimPrefix(got, want); len(extra) < len(got) {
			return fmt.Sprintf("%s at its end", characters(extra))
		}
		return "other white space at its end"
	}
	column := 1
	for want != "" && got != "" {
		a, n := utf8.DecodeRuneInString(want)
		b, m := utf8.DecodeRuneInString(got)
		if a != b {
			break
		}
		want, got = want[n:], got[m:]
		column++
	}
	switch a, b := first(want), first(got); {
	case unicode.Is(unicode.Cf, b) || b == '\r':
		return fmt.Sprintf("%s at column %d, which can't be seen", character(b), column)
	case unicode.Is(unicode.Cf, a) || a == '\r':
		return fmt.Sprintf("%s is missing at column %d, which can't be seen", character(a), column)
	default:
		return fmt.Sprintf("%s at column %d, where %s is wanted", character(b), column, character(a))
	}
}

func first(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

// characters names one or more white characters.
func characters(text string) string {
	r := first(text)
	if n := utf8.RuneCountInString(text); n > 1 {
		if strings.Trim(text, string(r)) == "" {
			return fmt.Sprintf("%d times %s", n, character(r))
		}
		return "white space too many"
	}
	return character(r)
}

// character names one that can't be seen as what it is.
func character(r rune) string {
	names := map[rune]string{
		' ': "a space", '\t': "a tab", '\r': "a carriage return", '\u00a0': "a no-break space",
		'\u200b': "a zero-width space", '\ufeff': "a byte order mark",
	}
	name, ok := names[r]
	switch {
	case !ok && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)):
		name = "a character"
	case !ok:
		return fmt.Sprintf("%q", r)
	}
	if r < 0x80 {
		return name
	}
	return fmt.Sprintf("%s (U+%04X)", name, r)
}
