package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
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
	var pictures []string
	page = allPacked.ReplaceAllStringFunc(page, func(p string) string {
		text, err := base64.RawURLEncoding.DecodeString(allPacked.FindStringSubmatch(p)[1])
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
		pictures = strings.Split(string(drawn), "\x00")
		return "<!-- packed -->"
	})
	return packed.ReplaceAllStringFunc(page, func(p string) string {
		n, err := strconv.Atoi(packed.FindStringSubmatch(p)[1])
		if err != nil || n < 1 || n > len(pictures) {
			t.Fatalf("there is no picture for %s", p)
		}
		return "<!-- packed -->" + pictures[n-1]
	})
}

var (
	allPacked = regexp.MustCompile(`<div id="pictures" data-packed="([^"]*)"></div>`)
	packed    = regexp.MustCompile(`(?s)<p class="packed" data-picture="([^"]*)">.*?</p>`)
)

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

var (
	figureText = regexp.MustCompile(`(?s)<figure.*?</figure>`)
	keyOf      = regexp.MustCompile(`<(\w+)[^>]* data-k="([^"]*)"`)
	placeOf    = regexp.MustCompile(`<(\w+)[^>]* data-at="([^"]*)"`)
)

// TestStepLineAndBar: each bar of a figure has its row in the list, each row that has a key
// its bar, and each row that stands somewhere its line of the source.
func TestStepLineAndBar(t *testing.T) {
	page := unpacked(t, htmlOf(t, drawn()))
	keys, places := 0, 0
	for _, figure := range figureText.FindAllString(page, -1) {
		for _, pairs := range []struct {
			name string
			all  [][]string
			n    *int
		}{
			{"bar", keyOf.FindAllStringSubmatch(figure, -1), &keys},
			{"line", placeOf.FindAllStringSubmatch(figure, -1), &places},
		} {
			rows, others := map[string]bool{}, map[string]bool{}
			for _, m := range pairs.all {
				if m[1] == "tr" {
					rows[m[2]] = true
				} else {
					others[m[2]] = true
				}
			}
			for k := range rows {
				if *pairs.n++; !others[k] {
					t.Errorf("there is no %s of %s in\n%.300s", pairs.name, k, figure)
				}
			}
			for k := range others {
				if !rows[k] && pairs.name == "bar" { // at a line somebody may only wait
					t.Errorf("there is no row of the bar %s in\n%.300s", k, figure)
				}
			}
		}
	}
	if keys < 20 || places < 10 {
		t.Errorf("only %d bars and %d lines", keys, places)
	}
}

// TestSourceLines shows what is spoken of and what is around it, and nothing of other files.
func TestSourceLines(t *testing.T) {
	at := func(lines ...int) (text string) {
		f := *lost().Failure
		f.Steps = nil
		for i, n := range lines {
			f.Steps = append(f.Steps, explore.Step{Number: i + 1})
			f.Steps[i].Site.File, f.Steps[i].Site.Line = "main.go", n
		}
		f.Steps = append(f.Steps, explore.Step{Number: 99})
		f.Steps[len(lines)].Site.File, f.Steps[len(lines)].Site.Line = "../secret.go", 1
		for _, l := range newColumns("x", judge.Picture{Failure: &f}, program()).Source {
			mark := ""
			if l.At != "" {
				mark = "*"
			}
			text += " " + l.Number + mark
			if l.Number == "" {
				text += l.Text
			}
		}
		return strings.TrimSpace(text)
	}
	for want, lines := range map[string][]int{
		"1* 2": {1}, "15 16* 17": {16, 16}, "15 16* 17* 18": {17, 16}, "15 16* 17 ⋮ 29 30* 31": {30, 16}, "": {0, 1000},
	} {
		if got := at(lines...); got != want {
			t.Errorf("%v: %q, want %q", lines, got, want)
		}
	}
}

// TestHeldRunIsDrawn: why a run did not end, or what it relies on, is drawn like any other
// interleaving, and not told in lines as well.
func TestHeldRunIsDrawn(t *testing.T) {
	v := judge.Verdict{Check: "ends", Status: judge.Fail, Evidence: []judge.Evidence{{Kind: judge.Timeline}},
		Interleavings: &explore.Report{Failures: []explore.Failure{*stuck().Failure}}}
	page := unpacked(t, htmlOf(t, New([]judge.Result{{Exercise: "14-lock-order", Status: judge.Fail, Checks: []judge.Verdict{v}}})))
	if strings.Count(page, `class="interleaving"`) != 1 || strings.Count(page, `drawing waiting`) != 1 || strings.Contains(page, evidenceLabels[judge.Timeline]) {
		t.Errorf("got\n%s", page)
	}
}

// TestPageSize: a whole course whose every exercise fails in several ways is a page that can
// be mailed.
func TestPageSize(t *testing.T) {
	const most = 300_000
	var all []judge.Result
	var explained []explore.Failure
	reports := explored(t)
	for _, name := range slices.Sorted(maps.Keys(reports)) {
		explained = append(explained, reports[name].Failures[0])
	}
	for i := range 26 {
		r := judge.Result{Exercise: fmt.Sprintf("%02d-faulty", i), Title: "Faulty", Status: judge.Fail, Max: 10, Sources: program()}
		for k := range 3 {
			v := judge.Verdict{Check: fmt.Sprint("check ", k), Status: judge.Fail, Message: "it is wrong", Evidence: []judge.Evidence{{Kind: judge.Ran, Lines: []string{"program"}}}}
			v.Pictures = []judge.Picture{{Line: "program", Failure: &explained[(i+k)%len(explained)]}, []judge.Picture{leftBehind(), lockHeld(), hangs()}[k]}
			r.Checks = append(r.Checks, v)
		}
		all = append(all, r)
	}
	if got := len(htmlOf(t, New(all))); got > most {
		t.Errorf("%d bytes, more than %d", got, most)
	} else {
		t.Logf("%d bytes", got)
	}
}
