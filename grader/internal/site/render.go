package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"lockstep/grader/internal/report"
)

// What all pages share.
var (
	//go:embed page/page.html
	pageText string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/search.js
	searchScript string
)

// render writes the pages, and what they are searched by.
func (s *site) render() (Pages, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"join": strings.Join, "trim": strings.TrimSpace}).Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("cannot read the pages' template: %w", err)
	}
	all := Pages{"page.css": []byte(report.PageStyle() + pageStyle), "search.js": []byte(searchScript)}
	found := newIndex()
	for _, p := range s.pages {
		var b bytes.Buffer
		if err := markdown.Renderer().Render(&b, p.source, p.doc); err != nil {
			return nil, fmt.Errorf("cannot write %s: %w", p.Name, err)
		}
		p.Body = template.HTML(b.String())
		b.Reset()
		if err := t.Execute(&b, p); err != nil {
			return nil, fmt.Errorf("cannot write %s: %w", p.Name, err)
		}
		all[p.Name] = bytes.Map(shown, b.Bytes())
		if err := found.add(p, all[p.Name]); err != nil {
			return nil, fmt.Errorf("cannot search %s: %w", p.Name, err)
		}
	}
	all["index.js"], err = found.script()
	return all, err
}

// shown replaces what no page can hold, and leaves out half of Windows's ends of lines.
func shown(r rune) rune {
	if r == '\r' {
		return -1
	}
	if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
		return unicode.ReplacementChar
	}
	return r
}

// Points are those of a map's chapters.
func (p *page) Points() (sum int) {
	for _, c := range p.Chapters {
		for _, e := range c.Pages {
			sum += e.Task.Points
		}
	}
	return sum
}

// Exercises is how many a map has.
func (p *page) Exercises() (n int) {
	for _, c := range p.Chapters {
		n += len(c.Pages)
	}
	return n
}

// Menu are the pages that each leads to.
func (p *page) Menu() []page {
	return []page{
		{Name: mapPage, Title: "Exercises"}, {Name: wordsPage, Title: "Words"},
		{Name: referencePage, Title: "Reference"}, {Name: libraryPage, Title: "mp"},
	}
}
