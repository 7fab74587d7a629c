package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

//go:embed template
var template embed.FS

// templateFiles are where the template's files go; ID stands for the exercise.
var templateFiles = []struct{ from, to string }{
	{"exercise.yaml", "exercises/ID/exercise.yaml"},
	{"README.md", "exercises/ID/README.md"},
	{"starter.go.txt", "exercises/ID/main.go"},
	{"decoys_sleep.go.txt", "exercises/ID/mutants/decoys_sleep.go"},
	{"goroutines.go.txt", "exercises/ID/mutants/goroutines.go"},
	{"handshake_value.go.txt", "exercises/ID/mutants/handshake_value.go"},
	{"only_one.go.txt", "exercises/ID/mutants/only_one.go"},
	{"printed.go.txt", "exercises/ID/mutants/printed.go"},
	{"sleep_instead.go.txt", "exercises/ID/mutants/sleep_instead.go"},
	{"solution.go.txt", "solutions/ID/main.go"},
}

var newName = regexp.MustCompile(`^(([0-9]{2}|[1-9][0-9]{2})-)?[a-z0-9]+(-[a-z0-9]+)*$`)

// runNew writes an exercise that passes `grader check` but for its TODOs, for an instructor
// to change step by step without ever leaving a proven state.
func runNew(_ context.Context, c *cli) error {
	from := c.flags.String("from", "", "begin with a copy of exercise `EX`")
	args, err := c.parse("  grader new token-ring             the next free number\n  grader new 42-token-ring\n  grader new --from 10 lost-votes   begin with exercise 10\n  grader new --course mine token-ring   its first exercise begins another course\n")
	if err != nil {
		return err
	}
	if len(args) != 1 || !newName.MatchString(args[0]) {
		return usage.Errorf("name the exercise in lower-case words joined by hyphens, as in: grader new token-ring")
	}
	root, err := c.root()
	if err != nil {
		return err
	}
	var all []*exercise.Exercise // none: it is the first of a course of its own
	if !exercise.Empty(root) {
		if all, err = c.load(nil); err != nil {
			return err
		}
	} else if *from != "" {
		return usage.Errorf("%s holds no exercise yet to begin with; leave --from out", root)
	}
	id, err := numbered(args[0], all)
	if err != nil {
		return err
	}
	beside := &exercise.Exercise{ID: id, Place: exercise.Place(c.course)} // whatever course it is in
	if len(all) > 0 {
		beside = all[0]
	}
	var files map[string]string
	if *from == "" {
		files, err = fromTemplate(id, exercise.ToHome(beside.Place))
	} else {
		files, err = fromExercise(c, *from, id)
	}
	if err != nil {
		return fmt.Errorf("cannot begin the exercise: %w", err)
	}
	in := chapterOf(&exercise.Exercise{ID: id, Course: beside.Course})
	if len(all) == 0 {
		if in, err = beginCourse(c, id, exercise.ToHome(beside.Place), files); err != nil {
			return fmt.Errorf("cannot begin the course: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := create(filepath.Join(c.course, name), files[name]); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, `wrote exercises/%[1]s and solutions/%[1]s; it is a small exercise that works but for the TODO in its title.
%[2]s1. Replace what is marked TODO: solutions/%[1]s/main.go first, then the broken
   exercises/%[1]s/main.go, its exercise.yaml and README.md.
2. Write wrong repairs that students would hand in to exercises/%[1]s/mutants/, and
   name each in exercise.yaml with the check that must catch it. Write other right ones
   to exercises/%[1]s/also/, each with //go:build also as its first line: a check that
   refuses one of them asks too much.
3. Prove it, now and after every change: make check EX=%[1]s%[3]s
`, id, in, beside.CourseTyped())
	return nil
}

// beginCourse adds to the files of a course's first exercise what the course says of itself,
// where it says nothing yet, and says where it stands.
func beginCourse(c *cli, id, up string, files map[string]string) (string, error) {
	name := filepath.Join("exercises", exercise.CourseFile)
	file := filepath.Join(c.course, name)
	if _, err := os.Stat(file); err == nil {
		return fmt.Sprintf("It is the first exercise; the first chapter begins with it: begins: %s, in %s.\n", id, file), nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	text, err := template.ReadFile("template/" + exercise.CourseFile)
	if err != nil {
		return "", err
	}
	said := strings.ReplaceAll(string(text), "ID", id)
	if up != "" {
		said = strings.ReplaceAll(said, "$schema=", "$schema=../"+up+"exercises/")
	}
	files[name] = said
	return fmt.Sprintf("It is the first of a course of its own; what that is called stands in %s.\n", file), nil
}

// chapterOf says which chapter a new exercise is in, a line or nothing.
func chapterOf(e *exercise.Exercise) string {
	switch chapter := e.Chapter().Title; {
	case e.Course == nil:
		return ""
	case chapter == "":
		return "It stands before the first chapter: let that begin with it, in exercises/" + exercise.CourseFile + ".\n"
	default:
		return fmt.Sprintf("It is in the chapter %q; where chapters begin stands in exercises/%s.\n", chapter, exercise.CourseFile)
	}
}

// fromTemplate are the files of a new exercise, by their names in the course. Up leads from
// there to its home, which has the schemas.
func fromTemplate(id, up string) (map[string]string, error) {
	files := map[string]string{}
	for _, f := range templateFiles {
		text, err := template.ReadFile("template/" + f.from)
		if err != nil {
			return nil, err
		}
		said := strings.ReplaceAll(string(text), "ID", id)
		if up != "" {
			said = strings.ReplaceAll(said, "$schema=../", "$schema=../../"+up+"exercises/")
		}
		files[strings.ReplaceAll(f.to, "ID", id)] = said
	}
	return files, nil
}

// titles are how an exercise's title begins, by file.
var titles = map[string]*regexp.Regexp{
	exercise.FileName: regexp.MustCompile(`(?m)^title: *["']?`),
	"README.md":       regexp.MustCompile(`\A# `),
}

// fromExercise are those of another exercise and its solution, under the new one's name
// and with a TODO for its title.
func fromExercise(c *cli, from, id string) (map[string]string, error) {
	picked, err := c.load([]string{from})
	if err != nil {
		return nil, err
	}
	old, files := picked[0].ID, map[string]string{}
	renamed := strings.NewReplacer("EX="+old, "EX="+id, old, id, "EX="+picked[0].Number(), "EX="+(&exercise.Exercise{ID: id}).Number())
	for _, root := range []string{"exercises", "solutions"} {
		dir := filepath.Join(c.course, root, old)
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			said := renamed.Replace(string(text))
			if title := titles[d.Name()]; title != nil {
				said = title.ReplaceAllString(said, "${0}TODO ")
			}
			files[filepath.Join(root, id, strings.TrimPrefix(name, dir))] = said
			return err
		})
		if err != nil && !(root == "solutions" && errors.Is(err, fs.ErrNotExist)) { // which students' files lack
			return nil, err
		}
	}
	return files, nil
}

// numbered gives a name the next free number, where it has none of its own.
func numbered(name string, all []*exercise.Exercise) (string, error) {
	if newName.FindStringSubmatch(name)[1] == "" {
		next := 1
		if n := len(all); n > 0 {
			if _, err := fmt.Sscanf(all[n-1].ID, "%d", &next); err != nil {
				return "", fmt.Errorf("cannot number the exercise: %w", err)
			}
			next++
		}
		name = fmt.Sprintf("%02d-%s", next, name)
	}
	number := (&exercise.Exercise{ID: name}).Number()
	for _, e := range all {
		if e.Number() == number {
			return "", usage.Errorf("number %s is taken by %s", number, e.ID)
		}
	}
	return name, nil
}

// create writes a new file and never over an old one.
func create(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("cannot write the exercise: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage.Errorf("%s exists already; nothing was overwritten", name)
	}
	if err != nil {
		return fmt.Errorf("cannot write the exercise: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
