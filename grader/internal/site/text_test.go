package site

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

const small = `title: One & <two>
topic: words
goal: |
  Says <one>.
points: 4
edit: [main.go]
hints: [Say it., SECRET-HINT-TWO]
checks:
  - {name: says one, points: 1, run: {args: ["{{int 2 9}}", "a b"]}, repeat: 3, exit: 0}
  - {name: SECRET-CHECK, points: 2, hidden: true, run: {args: [SECRET-ARGUMENT]}, stdout: SECRET-OUTPUT, stderr_match: SECRET-ERROR}
  - {name: also, points: 1, needs: [says one, SECRET-CHECK], run: {}, stdout: "1\n"}
starter: {fails: [says one, SECRET-CHECK]}
mutants: {SECRET-NAME.go: [says one, SECRET-CHECK]}
spared: {sleep: SECRET-REASON}
`

// courseOf writes a course of one exercise that has these files, beside files that are
// nobody's business.
func courseOf(t *testing.T, files map[string]string) string {
	t.Helper()
	course := t.TempDir()
	all := map[string]string{
		"go.mod": "module lockstep\n", "README.md": "# The course\n\n## What you may import\n\n## Elsewhere\n",
		"mp/doc.go":                      "// Package mp is small. See [F], [M] and [io.EOF].\npackage mp\n\n// M is one.\nconst M = 1\n\n// F does it.\nfunc F() {}\n",
		"exercises/01-one/exercise.yaml": small, "exercises/01-one/main.go": "package main\n\nfunc main() { print(\"<b>&amp;\") }\n",
		"exercises/01-one/README.md": "# One\n", "exercises/01-one/mutants/SECRET-NAME.go": "// SECRET-MUTANT\npackage main\n",
		"exercises/01-one/also/it.go": "// SECRET-OTHER\npackage main\n", "solutions/01-one/main.go": "// SECRET-SOLUTION\npackage main\n",
	}
	maps.Copy(all, files)
	for name, text := range all {
		file := filepath.Join(course, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return course
}

// TestNothingSecretIsWritten marks all that students don't get.
func TestNothingSecretIsWritten(t *testing.T) {
	pages, _ := load(t, courseOf(t, nil))
	for name, text := range pages {
		if strings.Contains(strings.ToUpper(string(text)), "SECRET") {
			t.Errorf("%s: %s", name, text)
		}
	}
	page := string(pages["01-one.html"])
	for _, want := range []string{
		"<h1 id=\"one\">One &amp; &lt;two&gt;</h1>", "<td>says one</td><td>1</td><td><code>program 2..9 &#39;a b&#39;</code>, 3 times</td>",
		"<td>also</td><td>1</td><td><code>program</code> <span class=\"after\">after says one</span></td>", "2 of the points are for what is not shown here.",
		"print(&#34;&lt;b&gt;&amp;amp;&#34;)", "Says &lt;one&gt;.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	read(t, "mp.html", pages["mp.html"])
	for _, want := range []string{`href="#f"`, `href="#constants"`, `href="https://pkg.go.dev/io#EOF"`} {
		if !strings.Contains(string(pages["mp.html"]), want) {
			t.Errorf("the library's page has no %s:\n%s", want, pages["mp.html"])
		}
	}
}

// TestTextBecomesPage wants links that lead to pages, and nothing of what a text has that
// would take effect.
func TestTextBecomesPage(t *testing.T) {
	files := map[string]string{"exercises/01-one/README.md": "# One\n\n## How\n"}
	cases := map[string]string{
		"[a](../01-one/README.md)":                   `<p><a href="01-one.html">a</a></p>`,
		"[a](../01-one)":                             `<p><a href="01-one.html">a</a></p>`,
		"[a](../01-one/README.md#how)":               `<p><a href="01-one.html#how">a</a></p>`,
		"[a](/exercises/01-one/main.go#L3)":          `<p><a href="01-one.html#file-1">a</a></p>`,
		"[a](main.go)":                               `<p><a href="SELF#file-1">a</a></p>`,
		"[a](../../README.md)":                       `<p><a href="index.html">a</a></p>`,
		"[a](../../README.md#what-you-may-import)":   `<p><a href="index.html#what-you-may-import">a</a></p>`,
		"[*a*](../../README.md#elsewhere)":           `<p><em>a</em></p>`,
		"[a](../../solutions/01-one/main.go)":        `<p>a</p>`,
		"[a](../../mp)":                              `<p><a href="mp.html">a</a></p>`,
		"[a](../01-one/mutants) b":                   `<p>a b</p>`,
		"[a](https://go.dev) <https://go.dev>":       `<p><a href="https://go.dev">a</a> <a href="https://go.dev">https://go.dev</a></p>`,
		"[a][b]\n\n[b]: #case":                       `<p><a href="#case">a</a></p>`,
		"see 01-one, 02-no and `01-one`":             `<p>see <a href="01-one.html">01-one</a>, 02-no and <code>01-one</code></p>`,
		"<script>alert(1)</script>":                  `<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`,
		"a <b onclick=\"x\">b</b> <!-- c --> &lt;i>": `<p>a &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt;  &lt;i&gt;</p>`,
		"<!-- said -->\n- a\n<!-- end said -->":      "<ul>\n<li>a</li>\n</ul>",
		"<!-- rules -->\n<!-- end rules -->":         "<ul>\n<li>Taken from you: main.go, and no other file.</li>\n<li>You may import <a href=\"index.html#what-you-may-import\">what all exercises allow</a>.</li>\n<li>Compiler directives (//go:…) are refused.</li>\n</ul>",
		"| a | b |\n|---|--:|\n| `1` | 2 |":          "<div class=\"scroll\"><table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><code>1</code></td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table></div>",
		"![a](https://example.org/a.png)":            `<p><a href="https://example.org/a.png">a</a></p>`,
		"![a](a.png)":                                `<p><img src="data:image/png;base64,YQ==" alt="a" /></p>`,
		"# Again\n\n## The goal\n\n## The goal":      "<h2 id=\"again\">Again</h2>\n<h2 id=\"the-goal-1\">The goal</h2>\n<h2 id=\"the-goal-2\">The goal</h2>",
		"## Über `Größe`, 2.5":                       `<h2 id="über-größe-25">Über <code>Größe</code>, 2.5</h2>`,
		"## A\r\n\r\n    b\r\n    c":                 "<h2 id=\"a\">A</h2>\n<pre><code>b\nc\n</code></pre>",
		"a\x1b[31m":                                  "<p>a\uFFFD[31m</p>",
	}
	n := 10
	of := map[string]string{}
	for text := range cases {
		id := fmt.Sprintf("%d-case", n)
		n++
		of[text] = id + ".html"
		folder := "exercises/" + id + "/"
		files[folder+"README.md"], files[folder+"exercise.yaml"], files[folder+"main.go"], files[folder+"a.png"] = "# Case\n\n"+text+"\n", small, "package main\n", "a"
	}
	pages, _ := load(t, courseOf(t, files))
	for text, want := range cases {
		page := pages[of[text]]
		read(t, text, page)
		want = strings.ReplaceAll(want, "SELF", of[text])
		if !strings.Contains(string(page), "The idea</h2>\n"+want+"\n<h2 id=\"what-is-marked\">") {
			t.Errorf("%s: no %s in\n%s", text, want, page)
		}
	}
}

// TestBrokenLinks wants each to be told with its place, all at once, and no pages then.
func TestBrokenLinks(t *testing.T) {
	text := `# One

[a](../02-two/README.md) and
[b](README.md#two),
then [c](#three).

- [d](../../../elsewhere.md)
- [e](javascript:alert(1)) [f](//example.org) <javascript:alert(2)>
- [g](../../go.mod) ![h](http.png) ![i](../../a.png) ![j](//example.org/a.png)

[k]: ../none.md
[k][k]
`
	course := courseOf(t, map[string]string{"exercises/01-one/README.md": text})
	all, err := exercise.LoadAll(filepath.Join(course, "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(course, "site")
	if _, err = Write(course, all, dir); err == nil {
		t.Fatal("no link is broken")
	}
	name := filepath.Join(course, "exercises", "01-one", "README.md") + ":"
	pictures := "pictures lie beside their text, and are called .png, .gif, .jpg, .jpeg or .webp"
	to := "links lead to files of the course or to http:, https: and mailto: addresses"
	want := []string{
		name + "3: cannot link to ../02-two/README.md: there is no such file",
		name + "4: cannot link to README.md#two: there is no such heading",
		name + "5: cannot link to #three: there is no such heading",
		name + "7: cannot link to ../../../elsewhere.md: it leads out of the course",
		name + "8: cannot link to javascript:alert(1): " + to,
		name + "8: cannot link to //example.org: " + to,
		name + "8: cannot link to javascript:alert(2): " + to,
		name + "9: cannot show http.png: there is no such file",
		name + "9: cannot show ../../a.png: " + pictures,
		name + "9: cannot show //example.org/a.png: " + pictures,
		name + "12: cannot link to ../none.md: there is no such file",
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("there are pages all the same")
	}
}
