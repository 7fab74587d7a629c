package script

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
)

// matching says what a pattern wants, in words where it is made of lines with numbers in
// them, as most patterns for outputs are.
func matching(pattern string) string {
	re, err := syntax.Parse("(?m)"+pattern, syntax.Perl)
	if err != nil {
		return "a match of " + pattern
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	begin, end := parts[0].Op, parts[len(parts)-1].Op
	p := phrase{}
	switch {
	case !p.sequence(parts):
	case begin == syntax.OpBeginLine && end == syntax.OpEndLine && len(p.items) == 0 && p.line != "":
		return "a line " + p.line
	case begin == syntax.OpBeginText && len(p.items) > 0 && p.line == "":
		if end == syntax.OpEndText {
			return p.String()
		}
		return "at the beginning " + p.String()
	}
	return "a match of " + pattern
}

// A phrase is what is known of the lines that a pattern wants.
type phrase struct {
	items []lines
	line  string // the last one, which has no end yet
}

// lines are a number of lines, each of which is one of several.
type lines struct {
	times int
	of    []string
}

const (
	number     = "N" // what stands for digits
	mostInLine = 8   // times that a part is written out
)

// sequence reads what follows one another. It returns false where there are no words
// for it.
func (p *phrase) sequence(parts []*syntax.Regexp) bool {
	for _, re := range parts {
		if !p.read(re) {
			return false
		}
	}
	return true
}

func (p *phrase) read(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpEmptyMatch:
		return true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return false
		}
		p.write(string(re.Rune))
		return true
	case syntax.OpCapture:
		return p.read(re.Sub[0])
	case syntax.OpConcat:
		return p.sequence(re.Sub)
	case syntax.OpCharClass:
		return p.digits(re)
	case syntax.OpPlus:
		return p.digits(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == re.Max && p.repeat(re.Sub[0], re.Min)
	case syntax.OpAlternate:
		return p.repeat(re, 1)
	}
	return false
}

func (p *phrase) digits(re *syntax.Regexp) bool {
	if re.Op != syntax.OpCharClass || !slices.Equal(re.Rune, []rune{'0', '9'}) {
		return false
	}
	if !strings.HasSuffix(p.line, number) {
		p.line += number
	}
	return true
}

// write adds text, which may hold the ends of lines.
func (p *phrase) write(text string) {
	for {
		before, after, found := strings.Cut(text, "\n")
		p.line += before
		if !found {
			return
		}
		p.items = append(p.items, lines{1, []string{p.line}})
		p.line, text = "", after
	}
}

// repeat reads a part that comes several times: whole lines, or a part of one.
func (p *phrase) repeat(re *syntax.Regexp, times int) bool {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	choices := []*syntax.Regexp{re}
	if re.Op == syntax.OpAlternate {
		choices = re.Sub
	}
	var of []string
	for _, choice := range choices {
		var one phrase
		if !one.read(choice) {
			return false
		}
		if len(one.items) == 0 && len(choices) == 1 && times <= mostInLine {
			p.write(strings.Repeat(one.line, times))
			return true
		}
		if len(one.items) != 1 || one.line != "" || len(one.items[0].of) != 1 {
			return false
		}
		of = append(of, one.items[0].of[0])
	}
	if p.line != "" {
		return false
	}
	p.items = append(p.items, lines{times, of})
	return true
}

// String is what is wanted, for a person: N stands for a number.
func (p *phrase) String() string {
	var words []string
	numbers := false
	for _, item := range p.items {
		text := strings.Join(item.of, " or ")
		numbers = numbers || strings.Contains(text, number)
		if item.times > 1 {
			text = fmt.Sprintf("%d lines %s", item.times, text)
		} else {
			text = "a line " + text
		}
		words = append(words, text)
	}
	text := strings.Join(words, ", then ")
	if numbers {
		text += " (N: a number)"
	}
	return text
}
