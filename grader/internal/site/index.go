package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// index is what pages are searched by: the places that have a heading, and in which of them
// a word stands.
type index struct {
	Pages  [][2]string `json:"pages"`  // names and titles
	Places [][3]any    `json:"places"` // numbers of pages, ids, headings
	Words  string      `json:"words"`  // lines: a word, and the numbers of places

	at map[string][]int
}

func newIndex() *index { return &index{at: map[string][]int{}} }

// add reads a page, but for its menu and for programs.
func (x *index) add(p *page, text []byte) error {
	n := len(x.Pages)
	x.Pages = append(x.Pages, [2]string{p.Name, p.Title})
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	within := 0   // the main part: how many elements are open
	heading := "" // what is open of this kind
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if within == 0 && name != "main" {
				continue
			}
			if name == "nav" || attribute(token, "class") == "source" {
				if err := d.Skip(); err != nil {
					return err
				}
				continue
			}
			within++
			if id := attribute(token, "id"); name == "h1" || (name == "h2" || name == "h3") && id != "" {
				heading = name
				x.Places = append(x.Places, [3]any{n, id, ""})
			}
		case xml.EndElement:
			within = max(within-1, 0)
			if token.Name.Local == heading {
				heading = ""
			}
		case xml.CharData:
			if within == 0 || len(x.Places) == 0 {
				continue
			}
			place := len(x.Places) - 1
			if heading != "" {
				x.Places[place][2] = x.Places[place][2].(string) + string(token)
			}
			for _, word := range words(string(token)) {
				if all := x.at[word]; len(all) == 0 || all[len(all)-1] != place {
					x.at[word] = append(all, place)
				}
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// words are those of a text, as search.js reads what is asked.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

// script hands the index to search.js: a page that lies in a folder can read no other file.
func (x *index) script() ([]byte, error) {
	var b strings.Builder
	for _, word := range slices.Sorted(maps.Keys(x.at)) {
		b.WriteString(word)
		for _, place := range x.at[word] {
			fmt.Fprintf(&b, " %d", place)
		}
		b.WriteString("\n")
	}
	x.Words = strings.TrimSuffix(b.String(), "\n")
	text, err := json.Marshal(x)
	return fmt.Appendf(nil, "lockstepIndex(%s);\n", text), err
}
