package publish

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// sumsOf are checksums of a release's graders.
func sumsOf(t *testing.T, tag string) map[string]string {
	t.Helper()
	var text strings.Builder
	archives(tag, func(_, archive string) { fmt.Fprintf(&text, "%s  %s\n", sum([]byte(archive)), archive) })
	sums, err := Checksums(tag, text.String())
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// workflows are a forge's, for all that can be said of one, by what was said.
func workflows(t *testing.T, forge Forge) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, when := range []When{EveryPush, Tagged} {
		for _, o := range []Options{{}, {Repository: "os/course", Ref: "v1"}, {Repository: "os/course", Ref: "v1", Graders: sumsOf(t, "v1")}} {
			o.Forge, o.When = forge, when
			values, err := o.values(course)
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(values, o.workflow())
			tree := Tree{}
			if err := tree.template(string(forge), values); err != nil {
				t.Fatal(err)
			}
			for _, f := range tree {
				all[fmt.Sprintf("%s, %q, %d graders", when, o.Ref, len(o.Graders))] = string(f.Text)
			}
		}
	}
	return all
}

// TestGitLabSchema holds GitLab's workflows to the schema by which its own editor checks
// them.
func TestGitLabSchema(t *testing.T) {
	file := os.Getenv("LOCKSTEP_GITLAB_SCHEMA")
	if file == "" {
		t.Skip("LOCKSTEP_GITLAB_SCHEMA names no app/assets/javascripts/editor/schema/ci.json of GitLab's")
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return err
		}
		return schema.Validate(value)
	}
	for name, text := range workflows(t, GitLab) {
		if err := valid(text); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if err := valid(strings.Replace(text, "interruptible: true", "interruptible: 5", 1)); err == nil {
			t.Errorf("%s: the schema refuses nothing", name)
		}
	}
}

// TestPinnedGraders wants a workflow to take a released grader where one is pinned, for
// every system that a release is made for, and to build one otherwise.
func TestPinnedGraders(t *testing.T) {
	for _, forge := range Forges() {
		for name, text := range workflows(t, forge) {
			pinned := strings.Contains(name, " 3 graders")
			if strings.Contains(text, "go build") == pinned || strings.Contains(text, "sha256sum --check") != pinned {
				t.Errorf("%s, %s:\n%s", forge, name, text)
			}
			for archive, sum := range sumsOf(t, "v1") {
				if strings.Contains(text, fmt.Sprintf("archive=%s sum=%s ;;", archive, sum)) != pinned {
					t.Errorf("%s, %s: what is pinned of %s?", forge, name, archive)
				}
			}
			if i := strings.IndexFunc(text, func(r rune) bool { return r == '@' }); forge != GitHub && i >= 0 {
				t.Errorf("%s, %s: something is left open: %s", forge, name, text[i:])
			}
		}
	}
}

// TestGradersAreBuiltAlike: wherever a grader is built, that is without C, as programs of the
// course are, whose packages it then need not compile again.
func TestGradersAreBuiltAlike(t *testing.T) {
	texts := map[string]string{}
	for _, forge := range Forges() {
		for name, text := range workflows(t, forge) {
			texts[fmt.Sprint(forge, ", ", name)] = text
		}
	}
	err := fs.WalkDir(templates, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.ReadFile(name)
		texts[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	built := 0
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") && regexp.MustCompile(`(go|GO\))"?,? "?build`).MatchString(line) {
				if built++; !strings.Contains(line, "CGO_ENABLED") {
					t.Errorf("%s: %s", name, line)
				}
			}
		}
	}
	if built < 10 {
		t.Errorf("only %d builds were found", built)
	}
}

func TestChecksums(t *testing.T) {
	good := sumsOf(t, "v1.2")
	if names := slices.Sorted(maps.Keys(good)); !slices.Equal(names, []string{"lockstep-v1.2-darwin-arm64.tar.gz", "lockstep-v1.2-linux-amd64.tar.gz", "lockstep-v1.2-linux-arm64.tar.gz"}) {
		t.Errorf("a release has %q", names)
	}
	text := ""
	for name, sum := range good {
		text += sum + "  " + name + "\n"
	}
	for told, test := range map[string][2]string{
		"no release is called":                   {"v1.2;ls", text},
		"no SHA-256 of lockstep-v1.3-linux":      {"v1.3", text},
		"no SHA-256 of lockstep-v1.2-linux":      {"v1.2", strings.ReplaceAll(text, "  ", "0  ")},
		"no SHA-256 of lockstep-v1.2-darwin-arm": {"v1.2", strings.ReplaceAll(text, "darwin", "plan9")},
	} {
		if _, err := Checksums(test[0], test[1]); err == nil || !strings.Contains(err.Error(), told) {
			t.Errorf("want %q, got %v", told, err)
		}
	}
}
