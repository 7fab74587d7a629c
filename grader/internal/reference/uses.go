package reference

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"lockstep/grader/internal/schema"
)

func sorted(m map[string]*schema.Schema) []string { return slices.Sorted(maps.Keys(m)) }

// mostLines bound an example.
const mostLines = 8

// usesOf adds where an exercise file uses keys, by their paths. Hints are for whoever works
// at that exercise, and come one by one.
func usesOf(found map[string]Example, from string, text []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("cannot read an example: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := n.Content[i]
				name := strings.TrimPrefix(path+"."+key.Value, ".")
				if name == "hints" && from != "" {
					continue
				}
				keep(found, name, Example{from, snippet(lines, key)})
				walk(n.Content[i+1], name)
			}
		case yaml.SequenceNode:
			for _, x := range n.Content {
				walk(x, path+"[]")
			}
		}
	}
	walk(document.Content[0], "")
	return nil
}

// snippet is the line of a key, and those below that are its value's.
func snippet(lines []string, key *yaml.Node) string {
	line := lines[key.Line-1]
	indent := len(line) - len(strings.TrimLeft(line, " -"))
	var taken []string
	for i := key.Line - 1; i < len(lines); i++ {
		own := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		if i >= key.Line && (own <= indent || strings.TrimSpace(lines[i]) == "") {
			break
		}
		if len(taken) == mostLines {
			taken = append(taken, "  …")
			break
		}
		taken = append(taken, lines[i][min(indent, len(lines[i])):])
	}
	return strings.Join(taken, "\n")
}
