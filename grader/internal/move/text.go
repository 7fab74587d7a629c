package move

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/git"
)

// mostText is more than a text has that speaks of exercises, in bytes.
const mostText = 1 << 20

// What names an exercise for sure, behind EX= or by its folder, and what may.
var (
	named  = regexp.MustCompile(`\bEX=[0-9]{1,3}\b(?:-[a-z0-9]+)*|[0-9]{2,3}(?:-[a-z0-9]+)+`)
	spoken = regexp.MustCompile(`(?i)(?:exercises?|übung(?:en)?|aufgaben?)\s+([0-9]{1,3})\b`)
)

// readTexts finds what changes in the texts of the course's exercises, and in which other
// texts a person has to look.
func (p *Plan) readTexts(ctx context.Context, begins []string) error {
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(p.course, folder), func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && folder == "solutions" {
				return nil
			}
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			return p.readText(name, begins)
		})
		if err != nil {
			return fmt.Errorf("cannot read the course: %w", err)
		}
	}
	return p.readOthers(ctx)
}

// readText reads a file of an exercise, a solution or of the course.
func (p *Plan) readText(name string, begins []string) error {
	old, err := text(name)
	if err != nil || old == nil {
		return err
	}
	now := old
	rel, err := filepath.Rel(p.course, name)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	exercises := strings.Count(rel, "/") > 1 // and not the course's own, such as its schemas
	switch {
	case exercises:
		now = p.replaced(old)
	case rel == "exercises/"+exercise.CourseFile:
		if now, err = begun(old, begins); err != nil {
			return err
		}
	}
	file := p.renamed(rel)
	e := Edit{File: file, old: old, new: now}
	before, after := bytes.Split(old, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range after {
		if !bytes.Equal(before[i], after[i]) {
			e.Lines = append(e.Lines, i+1)
		}
		if p.speaks(string(after[i]), !exercises) {
			p.Look = append(p.Look, Line{file, i + 1})
		}
	}
	if len(e.Lines) > 0 {
		p.Edits = append(p.Edits, e)
	}
	return nil
}

// text reads a file; nil where it is no text.
func text(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || info.Size() > mostText || !info.Mode().IsRegular() {
		return nil, err
	}
	read, err := os.ReadFile(name)
	if bytes.IndexByte(read, 0) >= 0 {
		return nil, err
	}
	return read, err
}

// renamed is what a file of the course is called then.
func (p *Plan) renamed(file string) string {
	for _, r := range p.Renames {
		if rest, ok := strings.CutPrefix(file, r[0]+"/"); ok {
			return r[1] + "/" + rest
		}
	}
	return file
}

// replaced is a text with the new names of exercises.
func (p *Plan) replaced(text []byte) []byte {
	return named.ReplaceAllFunc(text, func(said []byte) []byte {
		name, ex := strings.CutPrefix(string(said), "EX=")
		switch to := p.numbered(name); {
		case !ex:
			return []byte(p.to(name))
		case to != "":
			return []byte("EX=" + to)
		}
		return []byte("EX=" + p.to(name))
	})
}

// numbered is the new number of the exercise that had this one; empty: it stays.
func (p *Plan) numbered(number string) string {
	for from, to := range p.IDs {
		if number != from && exercise.Named(number, []string{from}) != "" {
			return (&exercise.Exercise{ID: to}).Number()
		}
	}
	return ""
}

// speaks reports whether a line may be about an exercise that gets another number; all: also
// where that is sure, since nothing was replaced.
func (p *Plan) speaks(line string, all bool) bool {
	for _, m := range spoken.FindAllStringSubmatch(line, -1) {
		if p.numbered(m[1]) != "" {
			return true
		}
	}
	return all && !bytes.Equal(p.replaced([]byte(line)), []byte(line))
}

// begun is a course's file in which chapters begin where they shall.
func begun(text []byte, begins []string) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	var at []*yaml.Node
	var find func(n *yaml.Node)
	find = func(n *yaml.Node) {
		for i, below := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "begins" {
				at = append(at, below)
			} else {
				find(below)
			}
		}
	}
	find(&document)
	if len(at) != len(begins) {
		return nil, fmt.Errorf("exercises/%s names %d beginnings for %d chapters", exercise.CourseFile, len(at), len(begins))
	}
	for i, n := range slices.Backward(at) { // several may stand on one line
		begin := begins[i]
		line := []rune(lines[n.Line-1])
		length := len([]rune(n.Value))
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			length += 2
		}
		if exercise.Named(n.Value, []string{begin}) != "" { // by its number, and that stays
			continue
		}
		lines[n.Line-1] = string(line[:n.Column-1]) + begin + string(line[min(n.Column-1+length, len(line)):])
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// readOthers looks into what else git has of the course.
func (p *Plan) readOthers(ctx context.Context) error {
	said, why, err := git.Own(p.course).Ask(ctx, nil, "ls-files", "-z")
	if err != nil {
		return err
	}
	if why != "" {
		return fmt.Errorf("cannot look for texts that name exercises: %s", why)
	}
	files := strings.Split(strings.TrimSuffix(string(said), "\x00"), "\x00")
	ours := func(file string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(file, folder+"/") })
	}
	var others []string // folders of other courses, which have numbers of their own
	for _, file := range files {
		if dir, ok := strings.CutSuffix(file, "/exercises/"+exercise.CourseFile); ok {
			others = append(others, dir+"/")
		}
	}
	for _, file := range files {
		if ours(file) || slices.ContainsFunc(others, func(dir string) bool { return strings.HasPrefix(file, dir) }) {
			continue
		}
		for i, part := range strings.Split(file, "/") {
			if dir := strings.Join(strings.Split(file, "/")[:i+1], "/"); p.speaks(part, true) && !slices.Contains(p.Look, Line{File: dir}) {
				p.Look = append(p.Look, Line{File: dir})
			}
		}
		read, err := text(filepath.Join(p.course, filepath.FromSlash(file)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // git has it, and the folder not
		}
		if err != nil {
			return fmt.Errorf("cannot look for texts that name exercises: %w", err)
		}
		for i, line := range strings.Split(string(read), "\n") {
			if p.speaks(line, true) {
				p.Look = append(p.Look, Line{file, i + 1})
			}
		}
	}
	return nil
}
