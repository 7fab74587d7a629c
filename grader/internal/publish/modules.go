package publish

import (
	"strings"
)

// behind are the modules that only what stays behind needs, tests and a course's site, by
// the beginnings of their names. That is not built there, and nobody should wait for them.
var behind = []string{
	"github.com/chromedp/", "github.com/creack/pty", "github.com/go-json-experiment/", "github.com/gobwas/",
	"github.com/santhosh-tekuri/", "github.com/yuin/goldmark", "golang.org/x/text",
}

// modules adds go.mod and go.sum, without what is not needed there.
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
	for _, name := range behind {
		if strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}
