// Package publish makes what others get of a course. In go a course's folder and
// its exercises; out comes a Tree: the students' repository, without solutions,
// mutants and hidden checks, or what a classroom's service needs to grade with the
// whole course. The same course gives the same bytes. A Tree is compared with a
// folder and written to it without touching what students made there.
package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

// Tree is a folder's files by their slash-separated names.
type Tree map[string]File

// File is one file of a Tree.
type File struct {
	Text       []byte
	Executable bool
	Work       bool // for students to change
}

// Options are what a course can't know of itself.
type Options struct {
	Forge      Forge  `json:"forge,omitempty"`      // whose workflow the students' repository has; empty: GitHub
	Repository string `json:"repository,omitempty"` // "OWNER/NAME" there, from which workflows take the course
	Ref        string `json:"ref,omitempty"`        // the commit or tag to take
	When       When   `json:"when,omitempty"`       // work is marked; empty: EveryPush
	Students   string `json:"students,omitempty"`   // where git finds the students' repository, for updates

	// Graders are those of the release Ref that the students' workflow takes, by Checksums;
	// none: it builds one.
	Graders map[string]string `json:"graders,omitempty"`
}

// When says which pushes the students' workflow marks.
type When string

const (
	EveryPush When = "push" // that changes a program
	Tagged    When = "tag"  // of a tag that begins with "submit"
)

// Forge is where a repository lies.
type Forge string

// The forges for which there is a workflow.
const (
	GitHub  Forge = "github"
	GitLab  Forge = "gitlab"
	Forgejo Forge = "forgejo"
)

// forge is what differs between workflows: how one is told which pushes it marks, the
// forge's words for the variables that name the course, and how a job gets the grader.
type forge struct {
	file            string // the workflow's own
	push, tag       string
	repository, ref string
	build, take     string // the grader: from the course, or from its release
	download        string // of the release @REF@ what $archive names, to the folder $work
	no              string // begins the one line that says why there is no score
}

var forges = map[Forge]forge{
	GitHub: {
		".github/workflows/classroom.yml", actionsPush, actionsTag, actionsRepository, actionsRef,
		"working-directory: course\nrun: CGO_ENABLED=0 go build -o \"$RUNNER_TEMP/grader\" ./grader || { echo \"::error title=No score::the course does not build; tell your teacher\"; exit 1; }",
		"env:\n  GH_TOKEN: ${{ secrets.LOCKSTEP_TOKEN || github.token }}\nrun: |\n  work=$RUNNER_TEMP\n  @RELEASED@",
		`gh release download @REF@ --repo "$COURSE" --pattern "$archive" --output "$work/$archive"`,
		"::error title=No score::",
	},
	Forgejo: {
		".forgejo/workflows/classroom.yml", actionsPush, actionsTag, actionsRepository, actionsRef,
		jobBuild, "@RELEASED@", jobCurl + `"$SERVER/$COURSE/releases/download/@REF@/$archive"`, "No score: ",
	},
	GitLab: {
		".gitlab-ci.yml", "if: $CI_COMMIT_BRANCH\n      changes: [\"exercises/**/*\", @FILE@]", "if: $CI_COMMIT_TAG =~ /^submit/",
		"", "", // the script takes the group's variables itself
		jobBuild, "@RELEASED@",
		jobCurl + `"$SERVER/api/v4/projects/$(printf %s "$COURSE" | sed 's,/,%2F,g')/packages/generic/lockstep/@REF@/$archive"`, "No score: ",
	},
}

// Forgejo reads what GitHub does.
const (
	actionsPush       = "push:\n    branches: [\"**\"]\n    paths: [\"exercises/**\", \"@FILE@\"]"
	actionsTag        = "push:\n    tags: [\"submit**\"]"
	actionsRepository = "${{ vars.LOCKSTEP_REPOSITORY }}"
	actionsRef        = "${{ vars.LOCKSTEP_REF }}"
)

// Where no action does it.
const (
	jobBuild = "(cd \"$work/course\" && CGO_ENABLED=0 go build -o \"$work/grader\" ./grader) ||\n  { echo \"No score: the course does not build; tell your teacher\"; exit 1; }"
	jobCurl  = `curl -fsSL --retry 3 -H "$authorization" -o "$work/$archive" `
)

// Forges are the names of those that there are.
func Forges() []Forge { return slices.Sorted(maps.Keys(forges)) }

// marking is what a workflow's job does where no action does it.
//
//go:embed template/marking.sh
var marking string

//go:embed all:template
var templates embed.FS

// Maker makes a Tree of a course. Where it has to run the course's solutions, it does so in
// the strongest tier.
type Maker func(ctx context.Context, course string, exercises []*exercise.Exercise, o Options) (Tree, error)

// Students is the repository that students begin with.
func Students(ctx context.Context, course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	home, err := exercise.Home(course)
	if err != nil {
		return nil, err
	}
	t := Tree{}
	if err := t.sources(home, "mp", true); err != nil {
		return nil, err
	}
	if err := t.sources(home, "grader", false); err != nil {
		return nil, err
	}
	if err := errors.Join(t.modules(home), t.license(home, "")); err != nil {
		return nil, err
	}
	told, err := answers(ctx, course, exercises, "")
	if err != nil {
		return nil, err
	}
	for _, e := range exercises {
		if err := t.exercise(e, told[e.ID]); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(t.chapters(course, exercises), t.tellAll()); err != nil {
		return nil, err
	}
	values, err := o.values(course)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, o.workflow())
	values["@TITLE@"] = "Lockstep"
	if c := exercises[0].Course; c != nil {
		values["@TITLE@"] = c.Title
	}
	values["@EXERCISES@"] = strings.TrimSuffix(Tables(exercises, "| exercise | topic | points |\n|---|---|---:|\n", func(e *exercise.Exercise) string {
		return fmt.Sprintf("| [%s](exercises/%s/%s) %s | %s | %d |\n", e.ID, e.ID, e.Readme(), e.Title, e.Topic, VisiblePoints(e))
	}), "\n")
	spoken, err := exercise.Languages(filepath.Join(course, "exercises"))
	if err != nil {
		return nil, err
	}
	values["@LANGUAGES@"] = ""
	if len(spoken) > 0 {
		values["@LANGUAGES@"] = fmt.Sprintf("\nThe course is there in other languages (%s), too: `make list LANG=%s`.", strings.Join(spoken, ", "), spoken[0])
	}
	values["@FIRST@"] = exercises[0].ID
	values["@HARMLESS@"] = strings.TrimSuffix(exercise.Harmless("    "), "\n")
	return t, errors.Join(t.template("students", values), t.template(string(cmp.Or(o.Forge, GitHub)), values))
}

// Classroom50 is the folder of an assignment's autograder for Classroom 50. The
// course is fetched from its repository where one is named, and stands beside
// the autograder otherwise.
func Classroom50(_ context.Context, course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	return autograder("classroom50", course, exercises, o, o.Repository == "")
}

// Gradescope is the autograder that is zipped and uploaded there. Students never
// see it, so that the whole course stands in it.
func Gradescope(_ context.Context, course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	return autograder("gradescope", course, exercises, o, true)
}

func autograder(template, course string, exercises []*exercise.Exercise, o Options, whole bool) (Tree, error) {
	t := Tree{}
	values, err := o.values(course)
	if err != nil {
		return nil, err
	}
	if whole {
		home, err := exercise.Home(course)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(t.whole(course, exercises), t.license(home, "course")); err != nil {
			return nil, err
		}
		values["@PLACE@"] = "" // it stands alone
	}
	return t, t.template(template, values)
}

// whole adds the course with all that grading needs, below course/.
func (t Tree) whole(course string, exercises []*exercise.Exercise) error {
	home, err := exercise.Home(course)
	if err != nil {
		return err
	}
	all := Tree{}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := all.copy(home, name, name); err != nil {
			return err
		}
	}
	// A course may be graded by a grader from elsewhere, and need no reference.
	add := func(from, dir string, optional bool) error {
		if _, err := os.Stat(filepath.Join(from, filepath.FromSlash(dir))); err != nil && optional {
			return nil
		}
		return all.sources(from, dir, false)
	}
	if err := errors.Join(add(home, "mp", false), add(home, "grader", true)); err != nil {
		return err
	}
	for _, e := range exercises {
		if err := errors.Join(add(course, "exercises/"+e.ID, false), add(course, "solutions/"+e.ID, true)); err != nil {
			return err
		}
		for _, name := range e.Included {
			if err := all.copy(course, name, name); err != nil {
				return err
			}
		}
	}
	if err := all.chapters(course, exercises); err != nil {
		return err
	}
	for name, f := range all {
		t["course/"+name] = f
	}
	return nil
}

// chapters adds what the course says of itself, where it does, in all its languages.
func (t Tree) chapters(course string, exercises []*exercise.Exercise) error {
	if exercises[0].Course == nil {
		return nil
	}
	translated, err := exercise.Translations(filepath.Join(course, "exercises"), exercise.CourseFile)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	for _, name := range append(slices.Sorted(maps.Values(translated)), exercise.CourseFile) {
		if err := t.copy(course, "exercises/"+name, "exercises/"+name); err != nil {
			return err
		}
	}
	return nil
}

// license adds what the course may be used for, where it says so.
func (t Tree) license(course, to string) error {
	if _, err := os.Stat(filepath.Join(course, "LICENSE")); err != nil {
		return nil
	}
	return t.copy(course, "LICENSE", path.Join(to, "LICENSE"))
}

// workflow are what the templates of workflows leave open.
func (o Options) workflow() map[string]string {
	f := forges[cmp.Or(o.Forge, GitHub)]
	on := f.push
	if o.When == Tagged {
		on = f.tag
	}
	values := o.grader(f)
	maps.Copy(values, map[string]string{
		"@REPOSITORY@": cmp.Or(o.Repository, f.repository), "@REF@": cmp.Or(o.Ref, f.ref), "@ON@": strings.ReplaceAll(on, "@FILE@", f.file),
		"@MARKING@": marking, "@GRADE@": "grade --unchanged --deadline 12m",
	})
	return values
}

var plainPath = regexp.MustCompile(`^[\w./-]*$`)

var goVersion = regexp.MustCompile(`(?m)^go (1\.\d+(\.\d+)?)$`)

// values are what all templates leave open.
func (o Options) values(course string) (map[string]string, error) {
	home, err := exercise.Home(course)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(home, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the course: %w", err)
	}
	m := goVersion.FindSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("cannot read the course: go.mod names no Go version")
	}
	place := exercise.Place(course)
	if !plainPath.MatchString(place) {
		return nil, &usage.Error{Err: fmt.Errorf("cannot publish: a script will name the course's folder %q: rename it to letters, digits, dots, - and _", place)}
	}
	if place != "" {
		place = "/" + place
	}
	return map[string]string{"@REPOSITORY@": o.Repository, "@REF@": o.Ref, "@GO@": string(m[1]), "@PLACE@": place}, nil
}

// block is where a workflow holds what is done, in which there may be another.
var block = regexp.MustCompile(`(?m)^ *@(MARKING|GRADER|RELEASED|SUMS)@$`)

// template adds the files of one template. "dot-" stands for a leading dot, and
// "go.mod" can't be a template's name: the go command would take it for a module.
func (t Tree) template(name string, values map[string]string) error {
	root := "template/" + name
	return fs.WalkDir(templates, root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.ReadFile(file)
		if err != nil {
			return err
		}
		filled := string(text)
		for block.MatchString(filled) {
			filled = block.ReplaceAllStringFunc(filled, func(line string) string {
				token := strings.TrimLeft(line, " ")
				indent := strings.TrimSuffix(line, token)
				return indent + strings.ReplaceAll(strings.TrimSpace(values[token]), "\n", "\n"+indent)
			})
		}
		for token, value := range values {
			filled = strings.ReplaceAll(filled, token, value)
		}
		parts := strings.Split(strings.TrimPrefix(file, root+"/"), "/")
		for i, part := range parts {
			if rest, ok := strings.CutPrefix(part, "dot-"); ok {
				parts[i] = "." + rest
			}
		}
		t[path.Join(parts...)] = File{Text: []byte(filled), Executable: strings.HasPrefix(filled, "#!")}
		return nil
	})
}

// Tables lists exercises in Markdown, those of each chapter below its title and its
// sentence; head is the table's first two lines, and row one of the others.
func Tables(exercises []*exercise.Exercise, head string, row func(*exercise.Exercise) string) string {
	var b strings.Builder
	for i, e := range exercises {
		chapter := e.Chapter()
		if i == 0 || chapter != exercises[i-1].Chapter() {
			if i > 0 {
				b.WriteString("\n")
			}
			if chapter.Title != "" {
				fmt.Fprintf(&b, "### %s\n\n%s\n\n", chapter.Title, chapter.About)
			}
			b.WriteString(head)
		}
		b.WriteString(row(e))
	}
	return b.String()
}

// Fingerprint names a course by all that grading takes from it.
func Fingerprint(course string, exercises []*exercise.Exercise) (string, error) {
	t := Tree{}
	if err := t.whole(course, exercises); err != nil {
		return "", err
	}
	return t.Sum(), nil
}

// Sum names a Tree by the names and texts of its files.
func (t Tree) Sum() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(h, "%q %s\n", name, sum(t[name].Text))
	}
	return hex.EncodeToString(h.Sum(nil))
}
