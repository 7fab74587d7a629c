package report

import (
	"slices"
	"testing"
)

func TestFold(t *testing.T) {
	for _, test := range []struct {
		line        string
		width, hang int
		want        []string
	}{
		{"", 10, 4, []string{""}},
		{"just fits.", 10, 4, []string{"just fits."}},
		{"one two three four", 10, 2, []string{"one two", "  three", "  four"}},
		{"    indented text", 12, 4, []string{"    indented", "    text"}},
		{"two   spaces", 5, 0, []string{"two", "space", "s"}},
		{"abcdefghijklmno", 6, 2, []string{"abcdef", "  ghij", "  klmn", "  o"}},
		{"nothing is lost where the indent is wide", 20, 19, []string{"nothing is lost", "          where the", "          indent is", "          wide"}},
		{"ä ö ü ß", 4, 0, []string{"ä ö", "ü ß"}},
		{"\x1b[31mred and\x1b[0m \x1b[2mfaint\x1b[0m", 8, 1, []string{"\x1b[31mred and\x1b[0m", " \x1b[2mfaint\x1b[0m"}},
		{"\x1b[31mred goes on\x1b[0m", 8, 1, []string{"\x1b[31mred goes", " on\x1b[0m"}},
		{"ends with spaces    ", 16, 0, []string{"ends with spaces", ""}},
	} {
		if got := Fold(test.line, test.width, test.hang); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d: got %q, want %q", test.line, test.width, got, test.want)
		}
	}
}
