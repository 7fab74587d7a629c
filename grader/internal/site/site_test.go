package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"lockstep/grader/internal/exercise"
)

var course = filepath.Join("..", "..", "..")

// whole are the pages of the course itself, made once.
var whole = sync.OnceValues(func() (made, error) { return makePages(course) })

type made struct {
	Pages
	of []*exercise.Exercise
}

func makePages(course string) (m made, err error) {
	if m.of, err = exercise.LoadAll(filepath.Join(course, "exercises")); err == nil {
		m.Pages, err = New(course, m.of)
	}
	return m, err
}

// load makes the pages of a course.
func load(t *testing.T, of string) (Pages, []*exercise.Exercise) {
	t.Helper()
	m, err := makePages(of)
	if err != nil {
		t.Fatal(err)
	}
	return m.Pages, m.of
}

// own are the pages of the course itself.
func own(t *testing.T) (Pages, []*exercise.Exercise) {
	t.Helper()
	m, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return m.Pages, m.of
}

// read are the elements of a page, which must be well formed.
func read(t *testing.T, name string, text []byte) (ids map[string]bool, links, parts []string) {
	t.Helper()
	ids = map[string]bool{}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return ids, links, parts
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if id := attribute(e, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s: two things are called #%s", name, id)
			}
			ids[id] = true
		}
		for _, a := range e.Attr {
			switch key := a.Name.Local; {
			case key == "href" && e.Name.Local == "a":
				links = append(links, a.Value)
			case key == "href", key == "src":
				parts = append(parts, a.Value)
			case strings.HasPrefix(key, "on"), key == "style":
				t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, key, a.Value)
			}
		}
	}
}

// TestLinksLeadSomewhere follows every link of the course's pages, and wants them to ask for
// nothing but what lies beside them.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, all := own(t)
	ids, links := map[string]map[string]bool{}, map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		var parts []string
		ids[name], links[name], parts = read(t, name, pages[name])
		for _, part := range parts {
			if _, ok := pages[part]; !ok && !strings.HasPrefix(part, "data:") {
				t.Errorf("%s asks for %s", name, part)
			}
		}
	}
	if len(ids) != len(all)+4 {
		t.Errorf("there are %d pages of %d exercises", len(ids), len(all))
	}
	led := 0
	for name, all := range links {
		for _, link := range all {
			to, err := url.Parse(link)
			if err != nil || to.IsAbs() {
				if err != nil || to.Scheme != "https" {
					t.Errorf("%s leads to %s", name, link)
				}
				continue
			}
			led++
			page := to.Path
			if page == "" {
				page = name
			}
			if ids[page] == nil || to.Fragment != "" && !ids[page][to.Fragment] {
				t.Errorf("%s leads to %s, which is not there", name, link)
			}
		}
	}
	if led < 10*len(all) {
		t.Errorf("there are %d links: the test looks in the wrong place", led)
	}
	for _, want := range []string{
		`index.html: href="10-lost-updates.html"`, `11-sum-of-squares.html: href="10-lost-updates.html"`,
		`10-lost-updates.html: href="index.html#what-you-may-import"`, `words.html: href="10-lost-updates.html"`, `mp.html: href="#lock"`,
	} {
		name, text, _ := strings.Cut(want, ": ")
		if !bytes.Contains(pages[name], []byte(text)) {
			t.Errorf("%s has no %s", name, text)
		}
	}
}

// TestSameCourseSameBytes makes the pages twice.
func TestSameCourseSameBytes(t *testing.T) {
	a, _ := own(t)
	b, _ := load(t, course)
	if !maps.EqualFunc(a, b, bytes.Equal) {
		t.Error("two sites of one course differ")
	}
}

// TestSearchKnowsEveryExercise asks the index for words of each exercise's title and text.
func TestSearchKnowsEveryExercise(t *testing.T) {
	pages, all := own(t)
	text := bytes.TrimSuffix(bytes.TrimPrefix(pages["index.js"], []byte("lockstepIndex(")), []byte(");\n"))
	var x index
	if err := json.Unmarshal(text, &x); err != nil {
		t.Fatal(err)
	}
	at := map[string][]string{}
	for line := range strings.Lines(x.Words) {
		word, places, _ := strings.Cut(strings.TrimSpace(line), " ")
		for place := range strings.FieldsSeq(places) {
			var n int
			fmt.Sscan(place, &n)
			at[word] = append(at[word], x.Pages[int(x.Places[n][0].(float64))][0])
		}
	}
	for _, e := range all {
		readme, err := os.ReadFile(filepath.Join(e.Dir, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		prose, _, _ := strings.Cut(regexp.MustCompile("(?m)^    .*$").ReplaceAllString(string(readme), ""), "<!-- ")
		prose = regexp.MustCompile(`\]\([^)]*\)`).ReplaceAllString(prose, "") // where links lead is no text
		for _, word := range words(e.Title + " " + e.Goal + " " + prose) {
			if !slices.Contains(at[word], e.ID+".html") {
				t.Errorf("%s is not found by %q", e.ID, word)
			}
		}
	}
	if size := len(pages["index.js"]); size > 200<<10 {
		t.Errorf("the index has %d KiB", size>>10)
	}
}

// TestGivenFiles wants a page to say which of its files are the course's.
func TestGivenFiles(t *testing.T) {
	pages, all := own(t)
	given := 0
	for _, e := range all {
		page := html.UnescapeString(string(pages[e.ID+".html"]))
		for _, name := range e.Edit {
			if !strings.Contains(page, "<code>"+name+"</code></h2>") {
				t.Errorf("%s: %s is not the student's", e.ID, name)
			}
		}
		for _, name := range e.Support {
			if given++; !strings.Contains(page, "<code>"+name+"</code>, the course's</h2>") {
				t.Errorf("%s: %s is not the course's", e.ID, name)
			}
		}
	}
	if given == 0 {
		t.Error("no exercise has one")
	}
}

// TestNothingIsGivenAway looks for lines of what students don't get, and for what hidden
// checks and hints say, in all that is written.
func TestNothingIsGivenAway(t *testing.T) {
	pages, all := own(t)
	told := lines{}
	var everything strings.Builder
	for _, text := range pages {
		shown := html.UnescapeString(string(text))
		told.add(shown)
		everything.WriteString(shown)
	}
	public := lines{} // what students have
	public.files(t, filepath.Join(course, "mp", "*.go"))
	for _, e := range all {
		public.files(t, filepath.Join(e.Dir, "*.go"))
		public.files(t, filepath.Join(e.Dir, "README.md"))
	}
	schema, err := exercise.Schema() // names usual mutants
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]int{}
	secret := func(kind, from, text string) {
		t.Helper()
		looked[kind]++
		if strings.Contains(everything.String(), text) && !strings.Contains(string(schema), text) {
			t.Errorf("%s of %s is given away: %s", kind, from, text)
		}
	}
	for _, e := range all {
		for kind, pattern := range map[string]string{
			"the solution": filepath.Join(course, "solutions", e.ID, "*.go"), "a mutant": filepath.Join(e.Dir, "mutants", "*.go"), "another solution": filepath.Join(e.Dir, "also", "*.go"),
		} {
			held := lines{}
			held.files(t, pattern)
			for line := range held {
				if len(line) < 12 || public[line] {
					continue
				}
				if looked[kind]++; told[line] {
					t.Errorf("%s of %s is given away: %s", kind, e.ID, line)
				}
			}
		}
		for name := range e.Mutants {
			secret("a mutant's name", e.ID, name)
		}
		for _, hint := range e.Hints {
			secret("a hint", e.ID, strings.TrimSpace(hint))
		}
		page := string(pages[e.ID+".html"])
		for _, c := range e.Checks {
			if !c.Hidden {
				continue
			}
			if looked["a hidden check"]++; strings.Contains(page, "<td>"+html.EscapeString(c.Name)+"</td>") {
				t.Errorf("%s: the hidden check %q is shown", e.ID, c.Name)
			}
		}
	}
	for kind, least := range map[string]int{"the solution": 200, "a mutant": 1000, "another solution": 500, "a mutant's name": 200, "a hint": 100, "a hidden check": 30} {
		if looked[kind] < least {
			t.Errorf("%d times %s was looked for: the test looks in the wrong place", looked[kind], kind)
		}
	}
}

// lines are those of texts, without indentation.
type lines map[string]bool

func (l lines) add(text string) {
	for line := range strings.Lines(text) {
		l[strings.TrimSpace(line)] = true
	}
}

func (l lines) files(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l.add(string(text))
	}
}
