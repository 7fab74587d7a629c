package exercise

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// word is one of a script's line, as testscript will read it; variables and draws
// stand in it as they were written.
type word struct {
	text   string
	at     int  // its first byte in the line
	quoted bool // a part of it was
	named  bool // a variable is named in it
}

// slip is a fault at a byte of a line.
type slip struct {
	at   int
	text string
}

// variables are those that a script may name: its own folder, and the exercise's.
var variables = form(`^\$(EXERCISE|WORK)\b`)

// shells are words that mean something to a shell, and nothing here.
var shells = []string{"&", "&&", "|", "||", ";", ">", ">>", "<", "2>&1", `\`}

// readLine takes a line apart as testscript does: spaces part words, single quotes
// hold them together, a doubled quote inside is a quote, and # begins a comment. It
// is stricter where that is never meant.
func readLine(line string) (words []word, fault *slip) {
	var w *word
	begin := func(at int) {
		if w == nil {
			w = &word{at: at}
		}
	}
	end := func() {
		if w != nil {
			words = append(words, *w)
			w = nil
		}
	}
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; ch {
		case ' ', '\t', '\r':
			end()
		case '#':
			if w != nil {
				return nil, &slip{i, "# inside a word begins a comment and cuts the word: put it in single quotes"}
			}
			return words, nil
		case '\'':
			begin(i)
			w.quoted = true
			text, length, ok := quotedText(line[i:])
			if !ok {
				return nil, &slip{i, "a quote is not closed"}
			}
			w.text += text
			i += length - 1
		case '"':
			return nil, &slip{i, "a double quote does not hold words together; use single quotes"}
		case '$':
			begin(i)
			name := variables().FindString(line[i:])
			if name == "" {
				return nil, &slip{i, "there are no variables but $EXERCISE and $WORK; put a $ of another meaning in single quotes"}
			}
			w.text += name
			w.named = true
			i += len(name) - 1
		default:
			begin(i)
			if form := drawForm().FindStringIndex(line[i:]); form != nil && form[0] == 0 {
				found := line[i : i+form[1]]
				w.text += found
				if most := mostDrawn(found); most != found && strings.Contains(most, " ") {
					return nil, &slip{i, "items with a space between them are words of their own; put the list in single quotes"}
				}
				i += form[1] - 1
				continue
			}
			w.text += line[i : i+1]
		}
	}
	end()
	for _, w := range words {
		if !w.quoted && slices.Contains(shells, w.text) {
			return nil, &slip{w.at, "a script is no shell, and a command can't run in the background: " + w.text + " means nothing here (in single quotes it is an argument)"}
		}
	}
	return words, nil
}

// quotedText reads a text that begins with a single quote, and how many bytes it is
// long with its quotes.
func quotedText(line string) (text string, length int, ok bool) {
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] != '\'':
			text += line[i : i+1]
		case i+1 < len(line) && line[i+1] == '\'':
			text += "'"
			i++
		default:
			return text, i + 1, true
		}
	}
	return "", 0, false
}

// quoteAll writes words so that testscript reads the same words back.
func quoteAll(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		if out[i] = word; word == "" || strings.ContainsAny(word, " \t'#$\"\\[]&<>|*?") && !strings.HasPrefix(word, inExercise) {
			out[i] = "'" + strings.ReplaceAll(word, "'", "''") + "'"
		}
	}
	return strings.Join(out, " ")
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// column is the place of a byte in a line, counted from 1 in characters.
func column(line string, at int) int {
	return utf8.RuneCountInString(line[:min(at, len(line))]) + 1
}

// localName reports whether a name is of a file in the script's own folder, written
// in the one usual way.
func localName(name string) bool {
	return name != "" && !strings.HasPrefix(name, "/") && !strings.ContainsAny(name, "$\\") &&
		!slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return part == "" || part == "." || part == ".." })
}
