package exercise

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// YAML means some signs otherwise than an instructor does who writes plain text.
// What they do to it silently is refused here.

var yamlLine = form(`^yaml: line (\d+): (.*)$`)

// reserved is a value that begins with a sign that no plain text can begin with.
var reserved = form("(?:^|[:,\\[{-])[ \t]+[`@%]|^[`@%]")

// syntaxError gives yaml.v3's own complaint a place.
func (d *decoder) syntaxError(err error) Error {
	m := yamlLine().FindStringSubmatch(err.Error())
	if m == nil {
		return Error{Pos{d.file, 1, 1}, "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	line, _ := strconv.Atoi(m[1])
	if strings.Contains(m[2], "cannot start any token") {
		for i := max(line-1, 0); i < min(line+2, len(d.lines)); i++ { // it counts some lines from 0
			if at := reserved().FindStringIndex(d.lines[i]); at != nil {
				sign := d.lines[i][at[1]-1 : at[1]]
				return Error{Pos{d.file, i + 1, column(d.lines[i], at[1]-1)}, "not YAML: plain text can't begin with " + sign + "; put quotes around it"}
			}
		}
	}
	return Error{Pos{d.file, line, 1}, "not YAML: " + m[2]}
}

// whole refuses a plain text of which YAML takes a part for something else.
func (d *decoder) whole(n *yaml.Node, where string) bool {
	switch {
	case n.Tag != "" && !strings.HasPrefix(n.Tag, "!!"):
		d.fail(n, "%s: YAML takes the word %s for a type; put quotes around the text", where, n.Tag)
	case n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == "!!str" && len(n.LineComment) > 1 && n.LineComment[1] != ' ' && n.LineComment[1] != '\t' && n.LineComment[1] != '#':
		d.fail(n, "%s: YAML takes %q for a comment and cuts the text before it; put quotes around the text, or a space behind a comment's #", where, n.LineComment)
	default:
		return true
	}
	return false
}

// block takes a script's text, to be read when the other keys are known.
func (d *decoder) block(n *yaml.Node, s *Script, where string) {
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
		d.fail(n, "%s: found %s, needs text", where, describe(n))
	case n.Style&yaml.FoldedStyle != 0:
		d.fail(n, "%s: > joins the lines, and a script has a command a line; write |", where)
	case n.Style&yaml.LiteralStyle == 0:
		d.fail(n, "%s: a script is a block: write | behind the key, and a command a line below it", where)
	default:
		d.blocks[s] = n
	}
}

// inBlock is where a character of a literal block stands in the file: its lines
// follow that of the |, and are indented. The line is counted from 0.
func (d *decoder) inBlock(n *yaml.Node, line, column int) Pos {
	of := d.of(n)
	pos := Pos{of.file, n.Line + 1 + line, column}
	texts := strings.Split(n.Value, "\n")
	if line < len(texts) && pos.Line <= len(of.lines) {
		whole := strings.TrimSuffix(of.lines[pos.Line-1], "\r")
		pos.Column += max(0, utf8.RuneCountInString(whole)-utf8.RuneCountInString(texts[line]))
	}
	return pos
}
