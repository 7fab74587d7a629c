package grading

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
)

// helper is one of an exercise's programs that a student's may execute.
func helper(e *exercise.Exercise, name string) (build.Unit, error) {
	file := exercise.ProgramFile(name)
	files, err := build.Sources(filepath.Join(e.Dir, filepath.Dir(file)), filepath.Base(file))
	return build.Unit{Key: helperKey(e, name), Files: files, Shown: filepath.Join("exercises", e.ID, filepath.Dir(file)), Kept: true}, err
}

func helperKey(e *exercise.Exercise, name string) string { return "program-" + e.ID + "-" + name }

// gather puts an exercise's programs into a folder of their own, under their names.
func gather(dir string, e *exercise.Exercise, made map[string]*build.Program) ([]string, error) {
	folder, err := filepath.Abs(filepath.Join(dir, exercise.ProgramsFolder, e.ID))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return nil, err
	}
	var programs []string
	for _, name := range e.Programs {
		p := made[helperKey(e, name)]
		if p.Broken != nil {
			return nil, p.Broken
		}
		if p.Plain == "" {
			return nil, fmt.Errorf("%s of %s does not build:\n%s", exercise.ProgramFile(name), e.ID, strings.Join(p.Errors, "\n"))
		}
		at := filepath.Join(folder, name)
		if err := os.Symlink(p.Plain, at); err != nil {
			return nil, err
		}
		programs = append(programs, at)
	}
	return programs, nil
}
