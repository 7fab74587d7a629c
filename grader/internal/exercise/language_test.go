package exercise

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeCourse writes a course of files by name, and returns the folder of its exercises.
func writeCourse(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "exercises")
}

const spoken = "title: Hello\ntopic: words\ngoal: Says hello.\npoints: 1\nedit: [main.go]\nhints: [Look., Say it.]\nchecks:\n- {name: says hello, points: 1, run: {}, exit: 0}\n- {name: again, run: {}, exit: 0}\nstarter: {fails: [says hello]}\n"

// TestLanguages reads a course that says some of its texts in German: the others stay as
// they are, and so does what results go by.
func TestLanguages(t *testing.T) {
	root := writeCourse(t, map[string]string{
		"exercises/course.yaml":            "title: Words\nchapters:\n- {title: First, about: a., begins: 1}\n- {title: Second, about: b., begins: 2}\n",
		"exercises/course.de.yaml":         "title: Wörter\nchapters:\n  Second: {title: Zweites}\n",
		"exercises/01-hello/exercise.yaml": spoken, "exercises/01-hello/README.md": "Hello", "exercises/01-hello/README.de.md": "Hallo",
		"exercises/01-hello/exercise.de.yaml": "title: Hallo\nhints: [Sieh hin.]\nchecks: {says hello: sagt Hallo}\n",
		"exercises/02-bye/exercise.yaml":      spoken, "exercises/02-bye/README.md": "Bye",
	})
	own, err := LoadAll(root)
	if err != nil {
		t.Fatal(err)
	}
	said := func(all []*Exercise) string {
		var b strings.Builder
		for _, e := range all {
			b.WriteString(strings.Join([]string{e.Course.Title, e.Chapter().Title, e.Chapter().About, e.Title, e.Topic, e.Goal, e.HintText(1), e.HintText(2), e.Checks[0].Name, e.Checks[0].Called(), e.Checks[1].Called(), e.Readme()}, "|") + "\n")
		}
		return b.String()
	}
	const english = "Words|First|a.|Hello|words|Says hello.|Look.|Say it.|says hello|says hello|again|README.md\nWords|Second|b.|Hello|words|Says hello.|Look.|Say it.|says hello|says hello|again|README.md\n"
	const german = "Wörter|First|a.|Hallo|words|Says hello.|Sieh hin.|Say it.|says hello|sagt Hallo|again|README.de.md\nWörter|Zweites|b.|Hello|words|Says hello.|Look.|Say it.|says hello|says hello|again|README.md\n"
	translated, err := In("de", own)
	if err != nil {
		t.Fatal(err)
	}
	if got := said(translated); got != german {
		t.Errorf("in German:\n%swant\n%s", got, german)
	}
	if got := said(own); got != english {
		t.Errorf("as it is:\n%swant\n%s", got, english)
	}
	if same, err := In("", own); err != nil || said(same) != english {
		t.Errorf("in no language: %v", err)
	}
	if _, err := In("fr", own); err == nil || err.Error() != `beside its own language, the course has texts in de, and none in "fr"` {
		t.Errorf("in French: %v", err)
	}
	if found, err := Translations(filepath.Join(root, "01-hello"), FileName); err != nil || len(found) != 1 || found["de"] != "exercise.de.yaml" {
		t.Errorf("found %v, %v", found, err)
	}
}

// TestTextsAreRead wants a translation's faults to be told whatever language is spoken.
func TestTextsAreRead(t *testing.T) {
	root := writeCourse(t, map[string]string{
		"exercises/01-hello/exercise.yaml": spoken, "exercises/01-hello/exercise.de.yaml": "points: 3\n",
		"exercises/01-hello/exercise.german.yaml": "points: 3\n", // is none
		"exercises/course.yaml":                   "title: C\nchapters:\n- {title: First, about: a., begins: 1}\n", "exercises/course.pt-BR.yaml": "chapters: {Frist: {title: P}}\n",
	})
	_, err := LoadAll(root)
	want := root + `/01-hello/exercise.de.yaml:1:1: the translation has no key "points"; did you mean hints?` + "\n" +
		root + `/course.pt-BR.yaml:1:12: chapters: no chapter has the title "Frist"; did you mean "First"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestNumbers orders exercises by their numbers, of two digits or three.
func TestNumbers(t *testing.T) {
	root := writeCourse(t, map[string]string{
		"exercises/09-a/exercise.yaml": spoken, "exercises/99-b/exercise.yaml": spoken, "exercises/100-c/exercise.yaml": spoken, "exercises/101-d/exercise.yaml": spoken,
		"exercises/course.yaml": "title: C\nchapters:\n- {title: A, about: a., begins: 9}\n- {title: B, about: b., begins: 100}\n",
	})
	all, err := LoadAll(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.ID+e.Chapter().Title)
	}
	if want := []string{"09-aA", "99-bA", "100-cB", "101-dB"}; !slices.Equal(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	for name, want := range map[string]string{"9": "09-a", "09": "09-a", "100": "100-c", "10": "", "101-d": "101-d"} {
		if got := Named(name, []string{"09-a", "99-b", "100-c", "101-d"}); got != want {
			t.Errorf("%s names %q, want %q", name, got, want)
		}
	}
	for _, wrong := range []string{"007-x", "1000-x", "1-x"} {
		if idForm().MatchString(wrong) {
			t.Errorf("%s is taken for an exercise's name", wrong)
		}
	}
	if err := os.Rename(filepath.Join(root, "101-d"), filepath.Join(root, "100-d")); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAll(root); err == nil || !strings.Contains(err.Error(), "100-d/exercise.yaml:1:1: number 100 is taken by 100-c") {
		t.Errorf("one number twice: %v", err)
	}
}

// TestPlaces finds where courses lie that share a home.
func TestPlaces(t *testing.T) {
	root := writeCourse(t, map[string]string{
		"go.mod": "module lockstep\n", "mp/mp.go": "package mp\n", "exercises/01-hello/exercise.yaml": spoken,
		"courses/two/exercises/01-hello/exercise.yaml": spoken,
	})
	home := filepath.Dir(root)
	for course, want := range map[string]string{home: "EX=01", filepath.Join(home, "courses", "two"): "EX=01 COURSE=courses/two"} {
		all, err := LoadAll(filepath.Join(course, "exercises"))
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Typed(); got != want {
			t.Errorf("%s: %q, want %q", course, got, want)
		}
		if found, err := Home(course); err != nil || found != home {
			t.Errorf("the home of %s is %s, %v", course, found, err)
		}
	}
	if _, err := Home(t.TempDir()); err == nil || !strings.Contains(err.Error(), "put the course into a clone of Lockstep") {
		t.Errorf("no home: %v", err)
	}
}
