package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

// exercise adds what students get of one exercise.
func (t Tree) exercise(e *exercise.Exercise, answers map[string]string) error {
	to := "exercises/" + e.ID + "/"
	text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName))
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	file, shared := filepath.Join(e.Dir, exercise.FileName), os.DirFS(filepath.Dir(filepath.Dir(e.Dir)))
	included := func(document *yaml.Node) error { return exercise.Inline(file, document, shared) }
	if text, err = visible(text, e.Revealed, included, func(check *yaml.Node, name string) { settle(check, name, answers) }); err != nil {
		return fmt.Errorf("cannot publish %s: %w", file, err)
	}
	if _, err := exercise.Parse(filepath.Join(e.Dir, exercise.FileName), text); err != nil {
		return fmt.Errorf("cannot publish %s: without its hidden checks it is no exercise: %w", e.ID, err)
	}
	t[to+exercise.FileName] = File{Text: text}

	support, err := build.Sources(e.Dir, append(slices.Clone(e.Edit), e.Support...)...)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	for name, text := range support {
		t[to+name] = File{Text: text, Work: slices.Contains(e.Edit, name)}
	}
	if err := t.translations(e); err != nil {
		return err
	}
	readmes, err := exercise.Translations(e.Dir, exercise.ReadmeFile)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	names := append(slices.Sorted(maps.Values(readmes)), exercise.ReadmeFile)
	for _, c := range e.Checks {
		if c.StdoutFile != "" && !c.Hidden {
			names = append(names, c.StdoutFile)
		}
	}
	for _, name := range e.Programs {
		names = append(names, exercise.ProgramFile(name))
	}
	for _, name := range names {
		err := t.copy(e.Dir, name, to+name)
		if errors.Is(err, fs.ErrNotExist) {
			err = &usage.Error{Err: fmt.Errorf("cannot publish %s: it has no %s", e.ID, name)}
		}
		if err != nil {
			return err
		}
	}
	for _, name := range append(slices.Collect(maps.Values(readmes)), exercise.ReadmeFile) {
		f := t[to+name]
		f.Text = e.TellRules(f.Text)
		t[to+name] = f
	}
	return nil
}

// translations adds what is said of an exercise in other languages, without the names of
// hidden checks.
func (t Tree) translations(e *exercise.Exercise) error {
	files, err := exercise.Translations(e.Dir, exercise.FileName)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil {
			return fmt.Errorf("cannot publish: %w", err)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			return fmt.Errorf("cannot publish %s: %w", filepath.Join(e.Dir, name), err)
		}
		root := document.Content[0]
		for _, c := range e.Checks {
			if checks := value(root, "checks"); checks != nil && c.Hidden {
				remove(checks, c.Name)
			}
		}
		if text, err = encoded(&document); err != nil {
			return fmt.Errorf("cannot publish %s: %w", filepath.Join(e.Dir, name), err)
		}
		t["exercises/"+e.ID+"/"+name] = File{Text: text}
	}
	return nil
}

// tellAll takes out of the course's file how much is told to those whom it marks: in their
// own repository they mark themselves.
func (t Tree) tellAll() error {
	name := "exercises/" + exercise.CourseFile
	var document yaml.Node
	if err := yaml.Unmarshal(t[name].Text, &document); err != nil || document.Kind == 0 {
		return err
	}
	root := document.Content[0]
	if value(root, "detail") == nil && value(root, "reveal") == nil {
		return nil // byte for byte as it is
	}
	remove(root, "detail")
	remove(root, "reveal")
	text, err := encoded(&document)
	if err == nil {
		t[name] = File{Text: text}
	}
	return err
}

// VisiblePoints are those of the checks that students get, but for bonuses.
func VisiblePoints(e *exercise.Exercise) int {
	sum := 0
	for _, c := range e.Checks {
		if !c.Hidden {
			counted, _ := c.Most()
			sum += counted
		}
	}
	return sum
}

// Visible is the text of an exercise file without what students don't get: mutants and
// hidden checks.
func Visible(text []byte) ([]byte, error) {
	return visible(text, false, func(*yaml.Node) error { return nil }, func(*yaml.Node, string) {})
}

// visible is an exercise file as students get it: without mutants and hidden checks, with
// the points of what is left, and without names of what is not. Revealed: none is hidden
// any more. Before that, prepare may change the document; settle is called with each check
// that is left, and its name.
func visible(text []byte, revealed bool, prepare func(document *yaml.Node) error, settle func(check *yaml.Node, name string)) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if err := prepare(&document); err != nil {
		return nil, err
	}
	root := document.Content[0]
	remove(root, "mutants")
	remove(root, "spared")
	remove(root, "reveal")
	var hidden []string
	checks := value(root, "checks")
	sum, kept := 0, []*yaml.Node(nil)
	for _, c := range checks.Content {
		if value(c, "include") != nil { // what it stands for is not shown
			kept = append(kept, c)
			continue
		}
		name := value(c, "name").Value
		cases := apart(c)
		if h := value(c, "hidden"); h != nil && h.Value == "true" && !revealed {
			hidden = append(hidden, name)
			for _, own := range cases {
				hidden = append(hidden, exercise.CaseName(name, value(own, "name").Value))
			}
			continue
		}
		remove(c, "hidden")
		remove(c, "detail")
		bonus := value(c, "bonus")
		for _, own := range slices.Concat(cases, []*yaml.Node{c}) {
			if p := value(own, "points"); p != nil && (bonus == nil || bonus.Value != "true") {
				n, err := strconv.Atoi(p.Value)
				if err != nil {
					return nil, err
				}
				sum += n
			}
		}
		for _, own := range cases {
			settle(own, exercise.CaseName(name, value(own, "name").Value))
		}
		if cases == nil {
			settle(c, name)
		}
		kept = append(kept, c)
	}
	checks.Content = kept
	for _, c := range kept {
		if forget(value(c, "needs"), hidden) == 0 {
			remove(c, "needs")
		}
	}
	forget(value(value(root, "starter"), "fails"), hidden)
	value(root, "points").Value = strconv.Itoa(sum)
	return encoded(&document)
}

// encoded is a document as people read it.
func encoded(document *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(document); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return wrapped(b.String()), nil
}

// settle puts a check's published case in the place of what only the solution answers.
// Answers are what the solution prints, by check, where that can be written down.
func settle(check *yaml.Node, name string, answers map[string]string) {
	stdout := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
	if fixed := value(check, "published"); fixed != nil {
		remove(check, "published")
		run := value(check, "run")
		if args := value(run, "args"); args != nil {
			*args = *value(fixed, "args")
		} else {
			add(run, "args", value(fixed, "args"))
		}
		*stdout = *value(fixed, "stdout")
	} else if answer, ok := answers[name]; ok {
		stdout.Value = answer
	} else {
		return
	}
	for i := 0; i < len(check.Content); i += 2 {
		if check.Content[i].Value == "stdout_from" {
			check.Content[i].Value = "stdout"
		}
	}
	*value(check, "stdout") = *stdout
}

// apart returns the cases of a check, nil where it has none, each with a copy of what
// settle may change: the check has that for all of them no more.
func apart(check *yaml.Node) []*yaml.Node {
	cases := value(check, "cases")
	if cases == nil {
		return nil
	}
	for _, key := range []string{"run", "published", "stdout_from"} {
		shared := value(check, key)
		if shared == nil {
			continue
		}
		remove(check, key)
		for _, c := range cases.Content {
			add(c, key, clone(shared))
		}
	}
	return cases.Content
}

func clone(n *yaml.Node) *yaml.Node {
	own := *n
	own.Content = nil
	for _, x := range n.Content {
		own.Content = append(own.Content, clone(x))
	}
	return &own
}

func add(mapping *yaml.Node, key string, n *yaml.Node) {
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, n)
}

// value is a mapping's value for a key, or nil.
func value(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func remove(mapping *yaml.Node, key string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}

// forget takes names out of a list and returns how many are left.
func forget(list *yaml.Node, names []string) int {
	if list == nil {
		return 0
	}
	list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool { return slices.Contains(names, n.Value) })
	return len(list.Content)
}

// wrapped breaks the lines of folded texts ("key: >"), which the encoder writes as
// one long line each. A single line break in them reads as a space.
func wrapped(text string) []byte {
	const width = 84
	var b strings.Builder
	key := -1 // the indentation of the folded text's key; -1 outside of one
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if key >= 0 && indent <= key && body != "\n" {
			key = -1
		}
		for key >= 0 && len(line) > width {
			cut := strings.LastIndexByte(line[:width], ' ')
			if cut <= indent {
				break
			}
			b.WriteString(line[:cut] + "\n")
			line = strings.Repeat(" ", indent) + line[cut+1:]
		}
		b.WriteString(line)
		if key < 0 && (strings.HasSuffix(line, ": >\n") || strings.HasSuffix(line, ": >-\n")) {
			key = indent
		}
	}
	return []byte(b.String())
}
