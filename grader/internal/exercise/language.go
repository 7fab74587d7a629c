package exercise

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Texts are what exercise.LANG.yaml says to people in another language, in the place of what
// exercise.yaml says. What it leaves out is read in the exercise's own.
type Texts struct {
	// The exercise's name.
	Title string `yaml:"title"`
	// What it is about, in a word or two.
	Topic string `yaml:"topic"`
	// What the program shall do.
	Goal string `yaml:"goal"`
	// The hints, as many as there are or fewer, in the order of the exercise's own.
	Hints []string `yaml:"hints"`
	// What checks are called, by their names in exercise.yaml, which results keep.
	Checks map[string]string `yaml:"checks"`
}

// CourseTexts are what course.LANG.yaml says in the place of course.yaml.
type CourseTexts struct {
	// The course's name.
	Title string `yaml:"title"`
	// What chapters are called and about, by their titles in course.yaml: each can have
	// "title" and "about".
	Chapters map[string]*ChapterTexts `yaml:"chapters"`
}

// ChapterTexts are those of a chapter.
type ChapterTexts struct {
	// The chapter's name.
	Title string `yaml:"title"`
	// What is learnt in it.
	About string `yaml:"about"`
}

// ReadmeFile is the name of an exercise's text.
const ReadmeFile = "README.md"

// translation is a file's name for a language: "exercise.yaml" is "exercise.de.yaml" there.
func translation(file, language string) string {
	end := filepath.Ext(file)
	return strings.TrimSuffix(file, end) + "." + language + end
}

// languageForm is what a language is called in names of files: de, or pt-BR.
var languageForm = form(`^[a-z]{2,3}(-[A-Z]{2})?$`)

// Translations are the files of a folder that say in another language what a file of it
// says, by language.
func Translations(dir, file string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot look for other languages: %w", err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		end := filepath.Ext(file)
		language, ok := strings.CutPrefix(strings.TrimSuffix(entry.Name(), end), strings.TrimSuffix(file, end)+".")
		if ok && languageForm().MatchString(language) && translation(file, language) == entry.Name() {
			found[language] = entry.Name()
		}
	}
	return found, nil
}

// loadTexts reads what a folder says in other languages in the place of a file. The error is
// an Errors where such a file is wrong.
func loadTexts[T any](dir, file string, parse func(file string, text []byte) (*T, error)) (map[string]*T, error) {
	names, err := Translations(dir, file)
	all := map[string]*T{}
	var es Errors
	for _, language := range slices.Sorted(maps.Keys(names)) {
		name := filepath.Join(dir, names[language])
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("cannot read a translation: %w", err)
		}
		if all[language], err = parse(name, text); err != nil {
			es = append(es, err.(Errors)...)
		}
	}
	if len(es) > 0 {
		return nil, es
	}
	return all, err
}

// parseTexts reads what is said of an exercise in another language. The error is an Errors.
func parseTexts(file string, text []byte, e *Exercise) (*Texts, error) {
	d, t := newDecoder(file, text, "the translation"), &Texts{}
	if !d.document(text, t, "title, topic, goal, hints or checks") {
		return nil, d.errors
	}
	d.shortText(&t.Title, "title")
	d.shortText(&t.Topic, "topic")
	d.filled(&t.Goal, "goal")
	for i := range t.Hints {
		where := fmt.Sprintf("hints[%d]", i+1)
		d.filled(&t.Hints[i], where)
		if i >= len(e.Hints) {
			d.at(&t.Hints[i], "%s: %s has %d hints", where, FileName, len(e.Hints))
		}
	}
	var names []string
	for _, c := range e.Checks {
		names = append(names, c.Name)
	}
	called := map[string]string{} // by what a check is called, its name
	for _, name := range names {
		called[cmp.Or(t.Checks[name], name)] = name
	}
	for _, name := range sorted(t.Checks) {
		at, where := entry{&t.Checks, name}, "checks."+name
		switch own := t.Checks[name]; {
		case !slices.Contains(names, name):
			d.checkNames(at, "checks", []string{name}, names)
		case strings.TrimSpace(own) == "":
			d.at(at, "%s is empty", where)
		case strings.ContainsFunc(own, func(r rune) bool { return r < ' ' }):
			d.at(at, "%s holds a line break or another sign that can't be seen", where)
		case own == Builds || called[own] != name:
			d.at(at, "%s: another check is called %q too", where, own)
		}
	}
	if len(d.errors) > 0 {
		return nil, d.errors.sorted()
	}
	return t, nil
}

// shortText refuses a text of one line that is empty or has more.
func (d *decoder) shortText(s *string, where string) {
	d.filled(s, where)
	d.oneLine(s, where)
}

// parseCourseTexts reads what is said of a course in another language.
func parseCourseTexts(file string, text []byte, c *Course) (*CourseTexts, error) {
	d, t := newDecoder(file, text, "the translation"), &CourseTexts{}
	if !d.document(text, t, "title or chapters") {
		return nil, d.errors
	}
	d.shortText(&t.Title, "title")
	var titles []string
	for _, chapter := range c.Chapters {
		titles = append(titles, chapter.Title)
	}
	called := map[string]string{} // by what a chapter is called, its title
	for _, title := range titles {
		if own := t.Chapters[title]; own != nil && own.Title != "" {
			called[own.Title] = title
		} else {
			called[title] = title
		}
	}
	for _, title := range slices.Sorted(maps.Keys(t.Chapters)) {
		own, where := t.Chapters[title], "chapters."+title
		if !slices.Contains(titles, title) {
			help := "there are " + list(quoted(titles))
			if near, ok := Nearest(title, titles); ok {
				help = fmt.Sprintf("did you mean %q?", near)
			}
			d.at(entry{&t.Chapters, title}, "chapters: no chapter has the title %q; %s", title, help)
			continue
		}
		if own == nil { // it could not be read, as was said
			continue
		}
		d.shortText(&own.Title, where+".title")
		d.shortText(&own.About, where+".about")
		if own.Title != "" && called[own.Title] != title {
			d.at(&own.Title, "%s.title: another chapter is called %q too", where, own.Title)
		}
	}
	if len(d.errors) > 0 {
		return nil, d.errors.sorted()
	}
	return t, nil
}

// In returns exercises of one course as they speak in another language, as far as they do;
// without one, as they are. The error says which languages the course has.
func In(language string, exercises []*Exercise) ([]*Exercise, error) {
	if language == "" {
		return exercises, nil
	}
	known, err := Languages(filepath.Dir(exercises[0].Dir))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(known, language) {
		if len(known) == 0 {
			return nil, fmt.Errorf("the course has no texts in another language than its own, so none in %q", language)
		}
		return nil, fmt.Errorf("beside its own language, the course has texts in %s, and none in %q", joined(known, "and"), language)
	}
	course := exercises[0].Course.in(language)
	all := make([]*Exercise, len(exercises))
	for i, e := range exercises {
		own := *e
		own.Course, own.language = course, language
		if t := e.texts[language]; t != nil {
			own.say(t)
		}
		all[i] = &own
	}
	return all, nil
}

// Languages are those in which the course below root ("exercises") has any text, beside its
// own.
func Languages(root string) ([]string, error) {
	found, err := Translations(root, CourseFile)
	if err != nil {
		return nil, err
	}
	ids, err := IDs(root)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		for _, file := range []string{FileName, ReadmeFile} {
			more, err := Translations(filepath.Join(root, id), file)
			if err != nil {
				return nil, err
			}
			maps.Copy(found, more)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// say puts texts in the place of the exercise's own.
func (e *Exercise) say(t *Texts) {
	e.Title, e.Topic, e.Goal = cmp.Or(t.Title, e.Title), cmp.Or(t.Topic, e.Topic), cmp.Or(t.Goal, e.Goal)
	e.Hints, e.Checks = slices.Clone(e.Hints), slices.Clone(e.Checks)
	copy(e.Hints, t.Hints)
	for i := range e.Checks {
		e.Checks[i].Title = t.Checks[e.Checks[i].Name]
	}
}

// in returns the course as it speaks in another language.
func (c *Course) in(language string) *Course {
	if c == nil || c.texts[language] == nil {
		return c
	}
	t, own := c.texts[language], *c
	own.Title, own.Chapters = cmp.Or(t.Title, c.Title), slices.Clone(c.Chapters)
	for i := range own.Chapters {
		chapter := &own.Chapters[i]
		if texts := t.Chapters[chapter.Title]; texts != nil {
			chapter.Title, chapter.About = cmp.Or(texts.Title, chapter.Title), cmp.Or(texts.About, chapter.About)
		}
	}
	return &own
}

// Readme is the name of the file of the exercise's folder that a person reads first.
func (e *Exercise) Readme() string {
	if e.language != "" {
		name := translation(ReadmeFile, e.language)
		if _, err := os.Stat(filepath.Join(e.Dir, name)); err == nil {
			return name
		}
	}
	return ReadmeFile
}

// Called is the check's name as people read it, in the language that was chosen.
func (c *Check) Called() string { return cmp.Or(c.Title, c.Name) }
