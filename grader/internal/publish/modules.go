package publish

import (
	"strings"
)

// ofTests are the modules that only tests need which stay behind, by the beginnings of
// their names. What needs them is not built there, and nobody should wait for them.
var ofTests = []string{
	"github.com/chromedp/", "github.com/creack/pty", "github.com/go-json-experiment/", "github.com/gobwas/",
	"github.com/santhosh-tekuri/", "golang.org/x/text",
}

// modules adds go.mod and go.sum, without what only those tests need.
func (t Tree) modules(course string) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := t.copy(course, name, name); err != nil {
			return err
		}
		var kept strings.Builder
		for line := range strings.Lines(string(t[name].Text)) {
			if !needless(strings.TrimPrefix(strings.TrimSpace(line), "require ")) {
				kept.WriteString(line)
			}
		}
		t[name] = File{Text: []byte(kept.String())}
	}
	return nil
}

func needless(line string) bool {
	for _, name := range ofTests {
		if strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}
