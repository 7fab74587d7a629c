package exercise

import (
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"
)

const including = `title: T
topic: t
goal: g
points: 3
edit: [main.go]
hints: [one, two]
checks:
  - {name: own, points: 1, run: {}, exit: 0}
  - include: checks/a.yaml
starter: {fails: [shared]}
`

// TestIncludes reads exercises that share checks: what is wrong is told at its own place,
// with where the file is included.
func TestIncludes(t *testing.T) {
	const good = "- {name: shared, points: 2, needs: [own], run: {}, exit: 0, hint: 2}\n"
	for name, test := range map[string]struct {
		exercise, a, b string // b: checks/b.yaml
		want           string // the errors; empty: none
	}{
		"checks":          {a: good},
		"of another file": {a: "- include: checks/b.yaml\n", b: good},
		"beside others":   {a: "- include: checks/b.yaml\n- {name: more, run: {}, exit: 0}\n", b: good},
		"no file":         {want: `C/exercises/01-a/exercise.yaml:9:14: checks[2].include: cannot read C/checks/a.yaml: there is no such file`},
		"no further file": {a: "- include: checks/b.yaml\n", want: `C/checks/a.yaml:1:12: checks[1].include: cannot read C/checks/b.yaml: there is no such file (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"itself":          {a: "- include: checks/a.yaml\n", want: `C/checks/a.yaml:1:12: checks[1].include: C/checks/a.yaml would include itself: it is being read already, included at C/exercises/01-a/exercise.yaml:9:14 (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"a circle":        {a: "- include: checks/b.yaml\n", b: "- include: checks/a.yaml\n", want: `C/checks/b.yaml:1:12: checks[1].include: C/checks/a.yaml would include itself: it is being read already, included at C/exercises/01-a/exercise.yaml:9:14 (included at C/checks/a.yaml:1:12)`},
		"an unknown key":  {a: "\n" + strings.Replace(good, "hint", "hnit", 1), want: `C/checks/a.yaml:2:61: checks[1] has no key "hnit"; did you mean hint? (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"a hint that is not there": {a: strings.Replace(good, "hint: 2", "hint: 3", 1),
			want: `C/checks/a.yaml:1:67: check "shared": hint: found 3, but there are 2 hints (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"a name again":    {a: strings.Replace(good, "shared", "own", 1) + good, want: `C/checks/a.yaml:1:10: check "own" is there twice (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"no list":         {a: "name: shared\n", want: `C/checks/a.yaml:1:1: found a mapping, needs a list of checks (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"nothing":         {a: "# later\n", want: `C/checks/a.yaml:1:1: the file is empty; it needs a list of checks (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"no YAML":         {a: "- {name: a\n", want: `C/checks/a.yaml:1:1: not YAML: did not find expected ',' or '}' (included at C/exercises/01-a/exercise.yaml:9:14)`},
		"a script's word": {a: "- name: shared\n  points: 2\n  script: |\n    program\n    exec sh\n    expect exit 0\n", want: `C/checks/a.yaml:5:5: check "shared": script: exec`},
		"with other keys": {exercise: "include: checks/a.yaml\n    points: 2", a: good, want: `C/exercises/01-a/exercise.yaml:9:5: checks[2].include stands alone, for all checks of a file; give what else is here a check of its own`},
		"outside":         {exercise: "include: ../a.yaml", a: good, want: `C/exercises/01-a/exercise.yaml:9:14: checks[2].include: found "../a.yaml", needs the name of a file in the course's folder, such as checks/joined.yaml`},
		"a list of names": {exercise: "include: [checks/a.yaml]", a: good, want: `C/exercises/01-a/exercise.yaml:9:14: checks[2].include: found a list, needs the name of a file in the course's folder, such as checks/joined.yaml`},
	} {
		t.Run(name, func(t *testing.T) {
			course := fstest.MapFS{}
			for file, text := range map[string]string{"checks/a.yaml": test.a, "checks/b.yaml": test.b} {
				if text != "" {
					course[file] = &fstest.MapFile{Data: []byte(text)}
				}
			}
			text := including
			if test.exercise != "" {
				text = strings.Replace(text, "include: checks/a.yaml", test.exercise, 1)
			}
			e, err := ParseIn(course, "C/exercises/01-a/exercise.yaml", []byte(text))
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				c, ok := e.Check("shared")
				if !ok || c.Points != 2 || len(c.Hint.Any) != 1 || len(e.Included) == 0 || e.Included[0] != "checks/a.yaml" {
					t.Errorf("read %+v, of %q", e.Checks, e.Included)
				}
				return
			}
			if err == nil || !strings.HasPrefix(strings.Join(strings.Split(err.Error(), "\n"), " | "), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestInline writes an exercise out that includes a file: it reads the same, and needs none.
func TestInline(t *testing.T) {
	course := fstest.MapFS{"checks/a.yaml": {Data: []byte("- {name: shared, points: 2, run: {}, exit: 0}\n")}}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(including), &document); err != nil {
		t.Fatal(err)
	}
	if err := Inline("f", &document, course); err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(&document)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Parse("f", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Checks) != 2 || e.Checks[1].Name != "shared" {
		t.Errorf("checks %+v", e.Checks)
	}
	if _, err := Parse("f", []byte(including)); err == nil || !strings.Contains(err.Error(), "there is no course here to find checks/a.yaml in") {
		t.Errorf("without a course: %v", err)
	}
}
