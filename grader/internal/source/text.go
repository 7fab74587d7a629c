package source

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"lockstep/mp/trace"
)

// text is what a call prints, or makes to be printed, as far as it stands in the source.
type text struct {
	at     trace.Site
	error  bool     // it makes an error: whoever prints it may say more
	pieces []string // what stands in the source; between two, there is anything
	known  int      // bytes of them, white space left out
}

// says reports whether a text may be this one.
func (t text) says(line string) bool {
	first, last := t.pieces[0], t.pieces[len(t.pieces)-1]
	if t.error {
		i := strings.Index(line, first)
		if i < 0 {
			return false
		}
		line = line[i:]
	}
	if len(t.pieces) == 1 {
		return line == first || t.error
	}
	line, ok := strings.CutPrefix(line, first)
	if !ok {
		return false
	}
	for _, piece := range t.pieces[1 : len(t.pieces)-1] {
		if _, line, ok = strings.Cut(line, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(line, last) || t.error && strings.Contains(line, last)
}

// verb is one of fmt's in a format.
var verb = regexp.MustCompile(`%[-+# 0]*(\*|\d+)?(\.(\*|\d+)?)?(\[\d+\])?[a-zA-Z%]`)

// makers are the functions that make texts: where their operands begin, and whether the
// first of those is a format.
var makers = map[string]struct {
	from   int
	format bool
	error  bool
}{
	"fmt.Print": {}, "fmt.Println": {}, "fmt.Printf": {format: true},
	"fmt.Fprint": {from: 1}, "fmt.Fprintln": {from: 1}, "fmt.Fprintf": {from: 1, format: true},
	"fmt.Sprint": {}, "fmt.Sprintln": {}, "fmt.Sprintf": {format: true},
	"io.WriteString": {from: 1},
	"fmt.Errorf":     {format: true, error: true}, "errors.New": {error: true},
	"log.Fatal": {error: true}, "log.Fatalf": {format: true, error: true}, "log.Print": {error: true}, "log.Printf": {format: true, error: true},
}

// mostTexts bounds the calls that are looked at.
const mostTexts = 1000

// text notes a call that makes a text.
func (p *Program) text(c *ast.CallExpr) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	of, ok := s.X.(*ast.Ident)
	if !ok {
		return
	}
	m, ok := makers[of.Name+"."+s.Sel.Name]
	if !ok || len(c.Args) <= m.from || len(p.texts) == mostTexts {
		return
	}
	var pieces []string // what stands there; between two, anything
	operands := c.Args[m.from:]
	if m.format {
		format, ok := literal(operands[0])
		if !ok {
			format = "%v"
		}
		begin := 0
		for _, v := range verb.FindAllStringIndex(format, -1) {
			if strings.HasSuffix(format[v[0]:v[1]], "%") {
				continue
			}
			pieces, begin = append(pieces, format[begin:v[0]]), v[1]
		}
		pieces = append(pieces, format[begin:])
	} else {
		said := ""
		for i, x := range operands {
			if i > 0 && strings.HasSuffix(s.Sel.Name, "ln") {
				said += " "
			}
			if known, ok := literal(x); ok {
				said += known
			} else {
				pieces, said = append(pieces, said), ""
			}
		}
		pieces = append(pieces, said)
	}
	t := text{at: p.at(c), error: m.error}
	for i, piece := range pieces {
		piece = strings.ReplaceAll(piece, "%%", "%")
		if i == len(pieces)-1 {
			piece = strings.TrimRight(piece, "\n")
		}
		t.known += len(strings.Join(strings.Fields(piece), ""))
		t.pieces = append(t.pieces, piece)
	}
	p.texts = append(p.texts, t)
}

// literal is a text that stands in the source, also in several parts.
func literal(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			text, err := strconv.Unquote(x.Value)
			return text, err == nil
		}
	case *ast.ParenExpr:
		return literal(x.X)
	case *ast.BinaryExpr:
		left, ok := literal(x.X)
		right, too := literal(x.Y)
		return left + right, ok && too && x.Op == token.ADD
	}
	return "", false
}

// Prints are the places at which a line of output may be printed: those of which most
// stands in the source.
func (p *Program) Prints(line string) []trace.Site { return p.saying(line, false, 0) }

// Errors are the places at which an error is made that a line speaks of.
func (p *Program) Errors(line string) []trace.Site { return p.saying(line, true, leastOfError) }

// leastOfError is how much of an error must stand in the source, so that no line is named
// for a word that many have.
const leastOfError = 4

func (p *Program) saying(line string, error bool, least int) (found []trace.Site) {
	most := least
	for _, t := range p.texts {
		switch {
		case t.error != error || t.known < most || !t.says(line):
		case t.known > most:
			found, most = []trace.Site{t.at}, t.known
		default:
			found = append(found, t.at)
		}
	}
	return found
}
