// Package term explains the words that verdicts use. In goes a word, as a verdict
// or a student writes it; out comes a Term: ten lines on what it means, what the
// grader looks at, and what to look at next, with the exercise that teaches it.
package term

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed text
var texts embed.FS

// Term is one explained word.
type Term struct {
	Name     string   // "lost update"
	Meaning  string   // one line
	Also     []string // other words for it
	Exercise string   // the exercise that teaches it: "10-lost-updates"
	Text     string   // paragraphs, each line at most 84 characters long
}

// All lists the terms by name.
func All() ([]Term, error) {
	entries, err := texts.ReadDir("text")
	if err != nil {
		return nil, fmt.Errorf("cannot read the terms: %w", err)
	}
	var all []Term
	for _, e := range entries {
		text, err := texts.ReadFile("text/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("cannot read the terms: %w", err)
		}
		t, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("cannot read the term %s: %w", e.Name(), err)
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Term) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// parse reads a term's file: its name and meaning, other words for it, the
// exercise, an empty line, and the text.
func parse(file string) (Term, error) {
	lines := strings.SplitN(file, "\n", 5)
	if len(lines) < 5 || lines[3] != "" {
		return Term{}, fmt.Errorf("needs three lines, an empty one, and the text")
	}
	name, meaning, ok := strings.Cut(lines[0], ": ")
	also, hasAlso := strings.CutPrefix(lines[1], "also: ")
	see, hasSee := strings.CutPrefix(lines[2], "see: ")
	if !ok || !hasAlso || !hasSee {
		return Term{}, fmt.Errorf("needs the lines NAME: MEANING, also: NAMES and see: EXERCISE")
	}
	return Term{name, meaning, strings.Split(also, ", "), see, strings.TrimSpace(lines[4])}, nil
}

// Find looks a word up, in any case and with hyphens or spaces. When there is no
// such word, near are those that hold it or that it holds.
func Find(all []Term, word string) (found Term, ok bool, near []string) {
	word = plain(word)
	for _, t := range all {
		for _, name := range t.names() {
			if plain(name) == word {
				return t, true, nil
			}
		}
	}
	for _, t := range all {
		if slices.ContainsFunc(t.names(), func(name string) bool {
			return word != "" && (strings.Contains(plain(name), word) || strings.Contains(word, plain(name)))
		}) {
			near = append(near, t.Name)
		}
	}
	return Term{}, false, near
}

// Names are all words that Find knows.
func Names(all []Term) []string {
	var names []string
	for _, t := range all {
		names = append(names, t.names()...)
	}
	return names
}

func (t Term) names() []string { return append([]string{t.Name}, t.Also...) }

func plain(word string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("-", " ", "_", " ").Replace(word))), " ")
}
