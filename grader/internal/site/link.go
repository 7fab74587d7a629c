package site

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	source "github.com/yuin/goldmark/text"
)

// resolve has a page's links lead to pages, or makes plain text of them where there is none.
// The errors are of those that lead nowhere.
func (s *site) resolve(p *page) (errs []error) {
	failed := func(n ast.Node, err error) {
		errs = append(errs, fmt.Errorf("%s:%d: %w", filepath.Join(s.course, filepath.FromSlash(p.name)), p.line(n), err))
	}
	walk(p.doc, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Link:
			to, err := s.target(p, string(n.Destination))
			if err != nil {
				failed(n, fmt.Errorf("cannot link to %s: %w", n.Destination, err))
			} else if n.Destination = []byte(to); to == "" {
				unwrap(n)
			}
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL {
				if _, err := s.target(p, string(n.URL(p.source))); err != nil {
					failed(n, fmt.Errorf("cannot link to %s: %w", n.URL(p.source), err))
				}
			}
		case *ast.Image:
			if err := s.show(p, n); err != nil {
				failed(n, fmt.Errorf("cannot show %s: %w", n.Destination, err))
			}
		case *ast.Text:
			s.link(p, n)
		}
	})
	return errs
}

// A place is where a page shows a file of the course.
type place struct {
	*page
	id string // empty: it is all about that
}

// target is where a link of a page leads; empty: to a file of the course that no page shows.
func (s *site) target(p *page, link string) (string, error) {
	to, err := url.Parse(link)
	switch {
	case err != nil:
		return "", errors.New("it is no address")
	case slices.Contains([]string{"http", "https", "mailto"}, to.Scheme):
		return link, nil
	case to.Scheme != "" || to.Host != "":
		return "", errors.New("links lead to files of the course or to http:, https: and mailto: addresses")
	case to.Path == "" && p.heads(to.Fragment):
		return "#" + to.Fragment, nil
	case to.Path == "":
		return "", errNoHeading
	}
	name, err := s.file(p, to.Path)
	if err != nil {
		return "", err
	}
	at, id := s.of[name], to.Fragment
	if id != "" {
		there, err := s.document(name)
		if err != nil {
			return "", err
		}
		switch {
		case there == nil: // what GitHub calls a line of a program
			id = ""
		case !there.heads(id):
			return "", errNoHeading
		case at.page != nil && !at.heads(id):
			return "", nil
		}
	}
	if at.page == nil {
		return "", nil
	}
	if id = cmp.Or(id, at.id); id != "" {
		id = "#" + id
	}
	return at.Name + id, nil
}

var errNoHeading = errors.New("there is no such heading")

// heads reports whether a heading has that id.
func (t *text) heads(id string) bool { return t.ids[id] || id == t.Top && id != "" }

// file is the name, from the course's folder, of one that a link of a page names.
func (s *site) file(p *page, link string) (string, error) {
	name := path.Join(path.Dir(p.name), link)
	if rest, ok := strings.CutPrefix(link, "/"); ok {
		name = path.Clean(rest)
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", errors.New("it leads out of the course")
	}
	if _, err := os.Stat(filepath.Join(s.course, filepath.FromSlash(name))); err != nil {
		return "", errors.New("there is no such file")
	}
	return name, nil
}

// document is the text that GitHub shows for a file or folder; nil: none in Markdown.
func (s *site) document(name string) (*text, error) {
	if info, err := os.Stat(filepath.Join(s.course, filepath.FromSlash(name))); err == nil && info.IsDir() {
		name += "/README.md"
	}
	if !strings.HasSuffix(name, ".md") {
		return nil, nil
	}
	if s.read[name] == nil {
		said, err := os.ReadFile(filepath.Join(s.course, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		s.read[name] = parse(name, said)
	}
	return s.read[name], nil
}

// line is where something stands in a text, from 1.
func (t *text) line(n ast.Node) int { return 1 + bytes.Count(t.source[:max(n.Pos(), 0)], []byte("\n")) }

// unwrap leaves what a link says.
func unwrap(link ast.Node) {
	for c := link.FirstChild(); c != nil; c = link.FirstChild() {
		link.Parent().InsertBefore(link.Parent(), link, c)
	}
	link.Parent().RemoveChild(link.Parent(), link)
}

var pictures = map[string]string{".png": "png", ".gif": "gif", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}

// show puts a picture that lies beside its text into the page. One that lies elsewhere would
// have to be asked for: it becomes a link.
func (s *site) show(p *page, n *ast.Image) error {
	to, err := url.Parse(string(n.Destination))
	if err != nil {
		return errors.New("it is no address")
	}
	if to.Scheme == "http" || to.Scheme == "https" {
		link := ast.NewLink()
		link.Destination = n.Destination
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			link.AppendChild(link, c)
		}
		n.Parent().ReplaceChild(n.Parent(), n, link)
		return nil
	}
	kind := pictures[path.Ext(to.Path)]
	if to.Scheme != "" || to.Host != "" || path.Base(to.Path) != to.Path || kind == "" {
		return errors.New("pictures lie beside their text, and are called .png, .gif, .jpg, .jpeg or .webp")
	}
	name, err := s.file(p, to.Path)
	if err != nil {
		return err
	}
	drawn, err := os.ReadFile(filepath.Join(s.course, filepath.FromSlash(name)))
	n.Destination = []byte("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(drawn))
	return err
}

var exerciseForm = regexp.MustCompile(`\b[0-9]{2}(-[a-z0-9]+)+\b`)

// link makes links of the names of exercises.
func (s *site) link(p *page, n *ast.Text) {
	for above := n.Parent(); above != nil; above = above.Parent() {
		if kind := above.Kind(); kind == ast.KindLink || kind == ast.KindCodeSpan || kind == ast.KindImage {
			return
		}
	}
	from := n.Segment
	for _, at := range exerciseForm.FindAllIndex(from.Value(p.source), -1) {
		begin, end := from.Start+at[0], from.Start+at[1]
		to := s.of["exercises/"+string(p.source[begin:end])]
		if to.page == nil || to.page == p {
			continue
		}
		link := ast.NewLink()
		link.Destination = []byte(to.Name)
		link.AppendChild(link, ast.NewTextSegment(source.NewSegment(begin, end)))
		n.Parent().InsertBefore(n.Parent(), n, ast.NewTextSegment(source.NewSegment(n.Segment.Start, begin)))
		n.Parent().InsertBefore(n.Parent(), n, link)
		n.Segment = n.Segment.WithStart(end)
	}
}
