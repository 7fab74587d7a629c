package exercise

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// told are the keys of an exercise that only tell people something, or say what its proof
// is to find, and tolds those of a check. No verdict of a check depends on them.
var (
	told  = []string{"title", "topic", "goal", "hints", "reveal", "starter", "mutants", "spared"}
	tolds = []string{"detail", "hint", "play", "published"}
)

// Marking is what of an exercise file a verdict can depend on: the text without what only
// tells people something.
func Marking(text []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("cannot read the exercise again: %w", err)
	}
	if document.Kind != yaml.DocumentNode || document.Content[0].Kind != yaml.MappingNode {
		return text, nil
	}
	root := document.Content[0]
	omit(root, told)
	for i := 0; i+1 < len(root.Content); i += 2 {
		if checks := root.Content[i+1]; root.Content[i].Value == "checks" && checks.Kind == yaml.SequenceNode {
			for _, c := range checks.Content {
				if c.Kind == yaml.MappingNode {
					omit(c, tolds)
				}
			}
		}
	}
	return yaml.Marshal(root)
}

// omit takes keys out of a mapping.
func omit(n *yaml.Node, keys []string) {
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !slices.Contains(keys, n.Content[i].Value) {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
}
