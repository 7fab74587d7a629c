package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func htmlOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unpacked is a page with the pictures that its script draws when they are wanted.
func unpacked(t *testing.T, page string) string {
	t.Helper()
	return packed.ReplaceAllStringFunc(page, func(p string) string {
		text, err := base64.RawURLEncoding.DecodeString(packed.FindStringSubmatch(p)[1])
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return "<!-- packed -->" + string(drawn)
	})
}

var packed = regexp.MustCompile(`(?s)<p class="packed" data-picture="([^"]*)">.*?</p>`)

func TestHTML(t *testing.T) {
	golden(t, "report.html", []byte(unpacked(t, htmlOf(t, drawn()))))
}

// A page names no other file and no address, and no program's output becomes
// part of its markup.
func TestHTMLStandsAlone(t *testing.T) {
	for name, r := range reports() {
		page := unpacked(t, htmlOf(t, r))
		for _, bad := range []string{"http://", "https://", "//cdn", "@import", "url(http", "src=", "<img", "<link"} {
			rest := page
			if name == "hostile" {
				rest = strings.ReplaceAll(rest, "&lt;img src=x onerror=alert(1)&gt;", "")
			}
			if strings.Contains(rest, bad) {
				t.Errorf("%s: the page holds %q", name, bad)
			}
		}
		if n := strings.Count(page, "<script"); n != 1 {
			t.Errorf("%s: %d scripts", name, n)
		}
		if strings.ContainsAny(page, "\x1b\x07\x00\u202e") {
			t.Errorf("%s: control characters get through", name)
		}
	}
}

// Every element is closed where it must be, every id stands once, and every
// reference to one leads somewhere.
func TestHTMLStructure(t *testing.T) {
	page := unpacked(t, htmlOf(t, drawn()))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`url\(#([^)]+)\)|href="#([^"]+)"|aria-labelledby="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1] + m[2] + " " + m[3]) {
			if !ids[id] {
				t.Errorf("nothing has the id %s", id)
			}
		}
	}
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1) {
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in\n%s", err, svg)
			}
		}
		if strings.Contains(svg, `role="img"`) && (!strings.Contains(svg, "<title") || !strings.Contains(svg, "<desc")) {
			t.Error("a drawing without a title and a description")
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("html/template refused a value")
	}
}
