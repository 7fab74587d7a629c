package term

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lockstep/grader/internal/exercise"
)

func all(t *testing.T) []Term {
	t.Helper()
	terms, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

// A term fits a screen: ten lines of text, none wider than what help texts are.
func TestTermsAreShort(t *testing.T) {
	for _, term := range all(t) {
		lines := 0
		for line := range strings.Lines(term.Text) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 84 {
				t.Errorf("%s: a line of %d characters: %s", term.Name, n, line)
			}
		}
		if lines > 10 || lines < 4 {
			t.Errorf("%s has %d lines", term.Name, lines)
		}
	}
}

// A term may be taught by an exercise that the course does not hold yet: then
// nobody is sent there. But one that the course holds is named in full.
func TestTermsNameExercises(t *testing.T) {
	ids, err := exercise.IDs("../../../exercises")
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range all(t) {
		for _, id := range ids {
			if id[:2] == term.Exercise[:2] && id != term.Exercise {
				t.Errorf("%s is taught by %s, which is called %s", term.Name, term.Exercise, id)
			}
		}
	}
}

func TestNoWordMeansTwoThings(t *testing.T) {
	seen := map[string]string{}
	for _, term := range all(t) {
		for _, name := range term.names() {
			if other, twice := seen[plain(name)]; twice {
				t.Errorf("%q is in %s and in %s", name, other, term.Name)
			}
			seen[plain(name)] = term.Name
		}
	}
}

func TestFind(t *testing.T) {
	terms := all(t)
	for word, want := range map[string]string{
		"orphan": "orphan", "Lost-Update": "lost update", "ZOMBIES": "zombie", " deadlock ": "deadlock", "race": "data race", "EOF": "end left open",
	} {
		if found, ok, _ := Find(terms, word); !ok || found.Name != want {
			t.Errorf("%q: found %q", word, found.Name)
		}
	}
	if _, ok, near := Find(terms, "pipe"); ok || !slices.Contains(near, "join before receive") {
		t.Errorf("pipe: %v, near %q", ok, near)
	}
	if _, ok, near := Find(terms, "zzz"); ok || len(near) > 0 {
		t.Errorf("zzz: near %q", near)
	}
}
