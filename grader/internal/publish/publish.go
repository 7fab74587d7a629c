// Package publish makes what others get of a course. In go a course's folder and
// its exercises; out comes a Tree: the students' repository, without solutions,
// mutants and hidden checks, or what a classroom's service needs to grade with the
// whole course. The same course gives the same bytes. A Tree is compared with a
// folder and written to it without touching what students made there.
package publish

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"lockstep/grader/internal/exercise"
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
	Repository string // "OWNER/NAME" on GitHub, from which workflows take the course
	Ref        string // the commit or tag to take
}

//go:embed all:template
var templates embed.FS

// Students is the repository that students begin with.
func Students(course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	t := Tree{}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := t.copy(course, name, name); err != nil {
			return nil, err
		}
	}
	if err := t.sources(course, "mp", true); err != nil {
		return nil, err
	}
	if err := t.sources(course, "grader", false); err != nil {
		return nil, err
	}
	for _, e := range exercises {
		if err := t.exercise(e); err != nil {
			return nil, err
		}
	}
	values := o.values()
	values["@EXERCISES@"] = table(exercises)
	values["@FIRST@"] = exercises[0].ID
	values["@HARMLESS@"] = strings.TrimSuffix(exercise.Harmless("    "), "\n")
	return t, t.template("students", values)
}

// Classroom50 is the folder of an assignment's autograder for Classroom 50. The
// course is fetched from its repository where one is named, and stands beside
// the autograder otherwise.
func Classroom50(course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	return autograder("classroom50", course, exercises, o, o.Repository == "")
}

// Gradescope is the autograder that is zipped and uploaded there. Students never
// see it, so that the whole course stands in it.
func Gradescope(course string, exercises []*exercise.Exercise, o Options) (Tree, error) {
	return autograder("gradescope", course, exercises, o, true)
}

func autograder(template, course string, exercises []*exercise.Exercise, o Options, whole bool) (Tree, error) {
	t := Tree{}
	if whole {
		if err := t.whole(course, exercises); err != nil {
			return nil, err
		}
	}
	values, err := o.withGo(course)
	if err != nil {
		return nil, err
	}
	return t, t.template(template, values)
}

// whole adds the course with all that grading needs, below course/.
func (t Tree) whole(course string, exercises []*exercise.Exercise) error {
	all := Tree{}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := all.copy(course, name, name); err != nil {
			return err
		}
	}
	dirs := []string{"mp"}
	// A course may be graded by a grader from elsewhere, and need no reference.
	optional := []string{"grader"}
	for _, e := range exercises {
		dirs, optional = append(dirs, "exercises/"+e.ID), append(optional, "solutions/"+e.ID)
	}
	for _, dir := range optional {
		if _, err := os.Stat(filepath.Join(course, filepath.FromSlash(dir))); err == nil {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range dirs {
		if err := all.sources(course, dir, false); err != nil {
			return err
		}
	}
	for name, f := range all {
		t["course/"+name] = f
	}
	return nil
}

// values are what the templates leave open.
func (o Options) values() map[string]string {
	repository, ref := o.Repository, o.Ref
	if repository == "" {
		repository, ref = "${{ vars.LOCKSTEP_REPOSITORY }}", "${{ vars.LOCKSTEP_REF }}"
	}
	return map[string]string{"@REPOSITORY@": repository, "@REF@": ref}
}

var goVersion = regexp.MustCompile(`(?m)^go (1\.\d+(\.\d+)?)$`)

func (o Options) withGo(course string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(course, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the course: %w", err)
	}
	m := goVersion.FindSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("cannot read the course: go.mod names no Go version")
	}
	return map[string]string{"@REPOSITORY@": o.Repository, "@REF@": o.Ref, "@GO@": string(m[1])}, nil
}

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

// table lists the exercises for a README.
func table(exercises []*exercise.Exercise) string {
	var b strings.Builder
	b.WriteString("| exercise | topic | points |\n|---|---|---:|\n")
	for _, e := range exercises {
		fmt.Fprintf(&b, "| [%s](exercises/%s/README.md) %s | %s | %d |\n", e.ID, e.ID, e.Title, e.Topic, visiblePoints(e))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Fingerprint names a course by all that grading takes from it.
func Fingerprint(course string, exercises []*exercise.Exercise) (string, error) {
	t := Tree{}
	if err := t.whole(course, exercises); err != nil {
		return "", err
	}
	text, err := t.manifest()
	return sum(text), err
}
