package site

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	source "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	extended "github.com/yuin/goldmark/extension/ast"
)

// markdown is what READMEs are written in, as GitHub shows them: CommonMark, tables, and
// headings that links can lead to. What it renders is well-formed XML, too.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithXHTML(), renderer.WithNodeRenderers(util.Prioritized(tables{}, 0))),
)

// text is one that was read.
type text struct {
	name   string // of its file, from the course's folder, or what it is
	source []byte
	doc    ast.Node
	ids    headings
	Top    string // the id of the title that it begins with, which its page has
}

// parse reads a text in Markdown, whose page has these ids of its own.
func parse(name string, said []byte, ids ...string) *text {
	t := &text{name: name, source: said, ids: headings{}}
	for _, id := range ids {
		t.ids.Put([]byte(id))
	}
	t.doc = markdown.Parser().Parse(source.NewReader(said), parser.WithContext(parser.NewContext(parser.WithIDs(t.ids))))
	if h, ok := t.doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		if id, ok := h.AttributeString("id"); ok {
			t.Top = string(id.([]byte))
		}
		t.doc.RemoveChild(t.doc, h)
	}
	least := 6
	walk(t.doc, func(n ast.Node) {
		if h, ok := n.(*ast.Heading); ok {
			least = min(least, h.Level)
		}
	})
	walk(t.doc, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Heading: // below the page's title
			n.Level = max(n.Level-max(least-2, 0), 2)
		case *ast.HTMLBlock:
			var lines bytes.Buffer
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				lines.Write(line.Value(said))
			}
			if n.HasClosure() {
				lines.Write(n.ClosureLine.Value(said))
			}
			block := ast.NewParagraph()
			block.AppendChild(block, literally(lines.String()))
			n.Parent().ReplaceChild(n.Parent(), n, block)
			if block.FirstChild().(*ast.String).Value == nil {
				block.Parent().RemoveChild(block.Parent(), block)
			}
		case *ast.RawHTML:
			n.Parent().ReplaceChild(n.Parent(), n, literally(string(n.Segments.Value(said))))
		}
	})
	return t
}

// heading is one that a page's contents name.
type heading struct{ ID, Text string }

// Contents are the text's own headings below its title.
func (t *text) Contents() (all []heading) {
	walk(t.doc, func(n ast.Node) {
		if h, ok := n.(*ast.Heading); ok && h.Level == 2 {
			id, _ := h.AttributeString("id")
			var said strings.Builder
			walk(h, func(n ast.Node) {
				if part, ok := n.(*ast.Text); ok {
					said.Write(part.Value(t.source))
				}
			})
			all = append(all, heading{string(id.([]byte)), said.String()})
		}
	})
	return all
}

// walk calls visit with every node, which may replace it.
func walk(n ast.Node, visit func(ast.Node)) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		walk(c, visit)
		visit(c)
		c = next
	}
}

// literally shows HTML as it stands; comments are for those who write.
func literally(raw string) ast.Node {
	for {
		before, rest, open := strings.Cut(raw, "<!--")
		_, after, closed := strings.Cut(rest, "-->")
		if !open || !closed {
			break
		}
		raw = before + after
	}
	shown := ast.NewString(nil)
	if raw = strings.TrimSpace(raw); raw != "" {
		shown.Value = []byte(raw)
	}
	shown.SetRaw(true)
	return shown
}

// headings are the ids of a page, which GitHub would give them.
type headings map[string]bool

// Generate makes a heading's id.
func (h headings) Generate(value []byte, _ ast.NodeKind) []byte {
	id := anchor(string(value))
	for n, base := 1, id; h[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	h[id] = true
	return []byte(id)
}

// Put takes one that is there already.
func (h headings) Put(value []byte) { h[string(value)] = true }

// anchor is a heading as links name it.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

// tables lets wide ones scroll.
type tables struct{}

func (tables) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(extended.KindTable, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "</table></div>\n"
		if entering {
			tag = "<div class=\"scroll\"><table>\n"
		}
		_, err := w.WriteString(tag)
		return ast.WalkContinue, err
	})
}
