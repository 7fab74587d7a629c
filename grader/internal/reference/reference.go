// Package reference says all that can be said in a course: every key of exercise.yaml,
// every command and claim of a script, and every word of a verdict. In go a course's
// exercises; out comes a Reference, generated from the tables that the grader itself goes
// by, with examples of that course: of what students get of it, and no hints.
package reference

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/schema"
	"lockstep/grader/internal/term"
)

// The example of what no exercise of the course has.
//
//go:embed example/checks example/exercises/*.yaml example/exercises/01-rare-keys/*.yaml
var rare embed.FS

const rareName = "example/exercises/01-rare-keys/exercise.yaml"

// Reference is all that can be said.
type Reference struct {
	Keys     []Key
	Course   []Key     // of course.yaml
	Texts    []Key     // of exercise.LANG.yaml
	Spoken   []Key     // of course.LANG.yaml
	Commands []Command // and claims, which begin with "expect"
	Words    []term.Term
	Outcomes []string // what a check can fail by, as `hint:` names it
}

// Key is a key of exercise.yaml.
type Key struct {
	Path    string // "checks[].processes.children"
	Kind    string // "a whole number from 1 to 3"
	Needed  bool   // where what it stands in is given
	Text    string
	Example Example
}

// Command is a command of a script, or a claim.
type Command struct {
	Name, Usage, Text string
	Example           Example
}

// Example is a use of something.
type Example struct {
	From string // the exercise; empty where none has it
	Text string
}

// New makes the reference for a course.
func New(course []*exercise.Exercise) (*Reference, error) {
	root, err := read(exercise.Schema)
	if err != nil {
		return nil, err
	}
	r := &Reference{Keys: keysBelow(root, "", map[string]string{})}
	for _, more := range []struct {
		keys *[]Key
		of   func() ([]byte, error)
	}{{&r.Course, exercise.CourseSchema}, {&r.Texts, exercise.TextsSchema}, {&r.Spoken, exercise.CourseTextsSchema}} {
		s, err := read(more.of)
		if err != nil {
			return nil, err
		}
		*more.keys = keysBelow(s, "", map[string]string{})
	}
	for _, c := range exercise.Commands {
		r.Commands = append(r.Commands, Command{Name: c.Name, Usage: signed(c.Negated) + c.Name + " " + c.Usage(), Text: c.Does})
	}
	for _, c := range exercise.Claims {
		r.Commands = append(r.Commands, Command{Name: "expect " + c.Name, Usage: signed(c.Negated) + "expect " + c.Name + " " + c.Rest, Text: c.Does})
	}
	if r.Words, err = term.All(); err != nil {
		return nil, err
	}
	if hint := root.Properties["checks"].Items.Properties["hint"]; hint != nil && hint.Names != nil {
		r.Outcomes = hint.Names.Enum
	}
	return r, r.addExamples(course)
}

func read(make func() ([]byte, error)) (*schema.Schema, error) {
	text, err := make()
	if err != nil {
		return nil, err
	}
	var root schema.Schema
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("cannot read the schema again: %w", err)
	}
	return &root, nil
}

func signed(negated bool) string {
	if negated {
		return "[!] "
	}
	return ""
}

// keysBelow are the keys of a mapping, lists of mappings last, and those of what stands
// below them; of mappings that have the same keys, only those of the first.
func keysBelow(s *schema.Schema, above string, seen map[string]string) []Key {
	var all []Key
	names := sorted(s.Properties)
	slices.SortStableFunc(names, func(a, b string) int { return len(keysOf(s.Properties[a].Items)) - len(keysOf(s.Properties[b].Items)) })
	for _, name := range names {
		p := s.Properties[name]
		k := Key{Path: above + name, Kind: kind(p), Needed: slices.Contains(s.Required, name), Text: p.Description}
		same := ""
		if keys := strings.Join(keysOf(p), " "); keys != "" {
			if same = seen[keys]; same == "" {
				seen[keys] = k.Path
			} else {
				k.Kind = "a mapping with the keys of `" + same + "`"
			}
		}
		among := p.Items != nil && len(keysOf(p.Items)) > 0 && !slices.ContainsFunc(keysOf(p.Items), func(key string) bool { return s.Properties[key] == nil })
		if among {
			same, k.Kind = above, "a list of mappings with keys of `"+strings.TrimSuffix(above, ".")+"`: "+strings.Join(keysOf(p.Items), ", ")
		}
		all = append(all, k)
		if same != "" {
			continue
		}
		all = append(all, keysBelow(p, k.Path+".", seen)...)
		if p.Items != nil {
			all = append(all, keysBelow(p.Items, k.Path+"[].", seen)...)
		}
	}
	return all
}

// keysOf are the keys of a mapping.
func keysOf(s *schema.Schema) []string {
	if s == nil {
		return nil
	}
	return sorted(s.Properties)
}

// kind says in words what a value can be.
func kind(s *schema.Schema) string {
	if len(s.Enum) > 0 {
		one := ""
		if len(s.Enum) > 1 {
			one = "one of "
		}
		return one + "`" + strings.Join(s.Enum, "`, `") + "`"
	}
	if s.Type == "array" {
		if s.Items == nil || len(s.Items.Properties) > 0 {
			return "a list of mappings"
		}
		return "a list, each " + kind(s.Items)
	}
	var words []string
	for _, t := range typesOf(s.Type) {
		switch t {
		case "integer", "number":
			word := map[string]string{"integer": "a whole number", "number": "a number"}[t]
			if s.Minimum != nil && s.Maximum != nil {
				word += fmt.Sprintf(" from %v to %v", *s.Minimum, *s.Maximum)
			} else if s.Above != nil && s.Maximum != nil {
				word += fmt.Sprintf(" above %v, at most %v", *s.Above, *s.Maximum)
			} else if s.Above != nil {
				word += fmt.Sprintf(" above %v", *s.Above)
			}
			words = append(words, word)
		case "boolean":
			words = append(words, "true or false")
		case "array":
			words = append(words, "a list")
		case "object":
			word := "a mapping"
			if more, ok := s.Additional.(map[string]any); ok {
				var of schema.Schema
				if text, err := json.Marshal(more); err == nil && json.Unmarshal(text, &of) == nil {
					word += " to " + kind(&of)
				}
			}
			words = append(words, word)
		default:
			words = append(words, "text")
		}
	}
	if slices.Equal(words, []string{"text", "a number", "true or false"}) { // an exercise's own texts
		words = words[:1]
	}
	if s.Pattern != "" && !strings.HasPrefix(s.Pattern, `^[^`) && s.Pattern != `\S` {
		words[len(words)-1] += " of the form `" + s.Pattern + "`"
	}
	return strings.Join(words, ", or ")
}

func typesOf(t any) []string {
	switch t := t.(type) {
	case string:
		return []string{t}
	case []any:
		var all []string
		for _, x := range t {
			all = append(all, fmt.Sprint(x))
		}
		return all
	}
	return []string{"string"}
}

// addExamples looks for the shortest use of everything, in the course first.
func (r *Reference) addExamples(course []*exercise.Exercise) error {
	uses, lines := map[string]Example{}, map[string]Example{}
	for _, e := range course {
		text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName))
		if err != nil {
			return fmt.Errorf("cannot read an example: %w", err)
		}
		if text, err = publish.Visible(text); err != nil {
			return fmt.Errorf("cannot read an example: %w", err)
		}
		if err := usesOf(uses, e.ID, text); err != nil {
			return err
		}
		linesOf(lines, e)
	}
	of := map[string]Example{}
	if len(course) > 0 {
		name := filepath.Join(filepath.Dir(course[0].Dir), exercise.CourseFile)
		if text, err := os.ReadFile(name); err == nil { // a course need not have one
			if err := usesOf(of, exercise.CourseFile, text); err != nil {
				return err
			}
		}
	}
	for _, said := range []struct {
		keys  []Key
		file  string
		taken map[string]Example // of the course itself
	}{{r.Course, exercise.CourseFile, of}, {r.Texts, "01-rare-keys/exercise.de.yaml", nil}, {r.Spoken, "course.de.yaml", nil}} {
		own := map[string]Example{}
		text, err := rare.ReadFile("example/exercises/" + said.file)
		if err != nil {
			return err
		}
		if err := usesOf(own, "", text); err != nil {
			return err
		}
		for i := range said.keys {
			path := said.keys[i].Path
			said.keys[i].Example = first(said.taken[path], own[path])
		}
	}
	own, ownLines := map[string]Example{}, map[string]Example{}
	text, err := rare.ReadFile(rareName)
	if err != nil {
		return err
	}
	if err := usesOf(own, "", text); err != nil {
		return err
	}
	shared, err := fs.Sub(rare, "example")
	if err != nil {
		return err
	}
	e, err := exercise.ParseIn(shared, rareName, text)
	if err != nil {
		return fmt.Errorf("cannot read the example: %w", err)
	}
	linesOf(ownLines, e)
	for i := range r.Keys {
		r.Keys[i].Example = first(uses[r.Keys[i].Path], own[r.Keys[i].Path])
	}
	for i := range r.Commands {
		r.Commands[i].Example = first(lines[r.Commands[i].Name], ownLines[r.Commands[i].Name])
	}
	return nil
}

func first(a, b Example) Example {
	if a.Text != "" {
		return a
	}
	return b
}

// linesOf adds lines of the scripts that checks become, by command and claim.
func linesOf(found map[string]Example, e *exercise.Exercise) {
	for _, s := range plan.New(e, 1).Scripts {
		if s.Check.Hidden {
			continue
		}
		for line := range strings.Lines(s.Text) {
			line = strings.TrimSpace(line)
			words := strings.Fields(strings.TrimPrefix(line, "! "))
			if len(words) == 0 {
				continue
			}
			name := words[0]
			if name == "expect" && len(words) > 1 {
				keep(found, name, Example{e.ID, line})
				name += " " + words[1]
			}
			keep(found, name, Example{e.ID, line})
		}
	}
}

// keep takes an example that is shorter than the one before.
func keep(found map[string]Example, name string, x Example) {
	if old, ok := found[name]; !ok || weight(x) < weight(old) {
		found[name] = x
	}
}

func weight(x Example) int { return 200*strings.Count(x.Text, "\n") + len(x.Text) }

// Markdown is the reference as a text.
func (r *Reference) Markdown() string {
	return "# Reference\n\nAll that an exercise can say, and all that a verdict can. `grader reference` writes it, of the\ntables that the grader goes by; the examples are the course's own.\n" +
		r.Said() + "\n## Words of a verdict\n" + r.Glossary()
}

// Said is what an exercise can say, as Markdown.
func (r *Reference) Said() string {
	var b strings.Builder
	b.WriteString("\n## Keys of exercise.yaml\n")
	writeKeys(&b, r.Keys)
	b.WriteString("\n## Keys of course.yaml\n")
	writeKeys(&b, r.Course)
	b.WriteString("\n## Keys of exercise.LANG.yaml\n\nBeside exercise.yaml, exercise.de.yaml says the same in German: `--lang de` and `make LANG=de` choose it.\n")
	writeKeys(&b, r.Texts)
	b.WriteString("\n## Keys of course.LANG.yaml\n")
	writeKeys(&b, r.Spoken)
	b.WriteString("\n## Commands of a script\n\nEvery check becomes a script of these, and `script:` is one.\n")
	for _, c := range r.Commands {
		fmt.Fprintf(&b, "\n### `%s`\n\n`%s`\n\n%s.\n", c.Name, strings.TrimSpace(c.Usage), upper(c.Text))
		c.Example.write(&b, "")
	}
	b.WriteString("\n## What a check can fail by\n\nA check's `hint:` names these.\n\n")
	for _, o := range r.Outcomes {
		if t, ok, _ := term.Find(r.Words, o); ok {
			fmt.Fprintf(&b, "- `%s`: %s\n", o, t.Meaning)
		} else {
			fmt.Fprintf(&b, "- `%s`\n", o)
		}
	}
	return b.String()
}

// Glossary is what a verdict can say, as Markdown.
func (r *Reference) Glossary() string {
	var b strings.Builder
	for _, w := range r.Words {
		fmt.Fprintf(&b, "\n### %s\n\n%s. Also: %s.\n\n%s\n\nThe exercise that teaches it is %s.\n", w.Name, upper(w.Meaning), strings.Join(w.Also, ", "), w.Text, w.Exercise)
	}
	return b.String()
}

func writeKeys(b *strings.Builder, keys []Key) {
	for _, k := range keys {
		needed := ""
		if k.Needed {
			needed = ", needed"
		}
		fmt.Fprintf(b, "\n### `%s`\n\n%s%s.\n%s\n", k.Path, upper(k.Kind), needed, k.Text)
		k.Example.write(b, "yaml")
	}
}

func (x Example) write(b *strings.Builder, language string) {
	if x.Text == "" {
		return
	}
	from := "An example"
	if x.From != "" {
		from = "In " + x.From
	}
	fmt.Fprintf(b, "\n%s:\n\n```%s\n%s\n```\n", from, language, x.Text)
}

func upper(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
