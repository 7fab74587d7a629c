package build

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/submission"
)

// What a submission's names mean is found by the types of what it imports, as the
// compiler wrote them down when warm compiled it. That reads what a student wrote,
// so it is done by the grader in the box, while the compiler runs.

// screenArgument is the private first argument of the process that does it.
const screenArgument = "--screen"

// screening is what that process is asked: on its standard input, as JSON.
type screening struct {
	Exports map[string]string // by import path, the file with the package's types
	Units   []screened
}

type screened struct {
	Files  map[string][]byte
	Screen Screen
	Shown  string
}

// answer is what it says of a unit, a line of JSON each, in order.
type screenAnswer struct {
	Problems []submission.Problem
	Unread   string // why the unit's names have no meaning; the compiler says it better
	Broken   string // what is looked for that there is not, which is the course's mistake
}

// screenLimits bound it: it takes some milliseconds, and a moment for what was made
// to take long.
var screenLimits = box.Limits{Wall: time.Minute, CPU: 20 * time.Second, Memory: 1 << 30, Processes: 1, Threads: 256, Output: 4 << 20}

// mostProblems bounds what is said of one unit.
const mostProblems = 20

// screen looks in those units that may not hold everything. An answer is there for each
// of them, by its key.
func (t *toolchain) screen(ctx context.Context, l box.Limits, exports map[string]string, units []Unit) (map[string]screenAnswer, error) {
	units = slices.DeleteFunc(slices.Clone(units), func(u Unit) bool { return u.Screen.empty() })
	answers := map[string]screenAnswer{}
	if len(units) == 0 {
		return answers, nil
	}
	q := screening{Exports: exports}
	for _, u := range units {
		q.Units = append(q.Units, screened{u.Files, u.Screen, u.Shown})
	}
	stdin, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("cannot look for what is refused: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot look for what is refused: %w", err)
	}
	bounds := l
	bounds.Wall += time.Duration(len(units)) * time.Second
	bounds.CPU += time.Duration(len(units)) * time.Second
	o, err := box.Run(ctx, box.Command{
		Program: self, Args: []string{screenArgument}, Stdin: stdin, ReadOnly: []string{t.cache}, Limits: bounds,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot look for what is refused: %w", err)
	}
	lines := json.NewDecoder(bytes.NewReader(o.Stdout.Bytes))
	for _, u := range units {
		var a screenAnswer
		if err := lines.Decode(&a); err != nil {
			break
		}
		answers[u.Key] = a
	}
	if len(answers) == len(units) {
		return answers, nil
	}
	if len(units) > 1 { // one of them is a bomb, and the others are not
		for _, u := range units {
			alone, err := t.screen(ctx, l, exports, []Unit{u})
			if err != nil {
				return nil, err
			}
			maps.Copy(answers, alone)
		}
		return answers, nil
	}
	why := "reading it broke off"
	if tooSlow(o.Exceeded) {
		return nil, fmt.Errorf("cannot look for what is refused: the %s limit of %s was reached", o.Exceeded.Limit, o.Exceeded.Bound)
	} else if o.Exceeded != nil {
		why = fmt.Sprintf("reading it was stopped: %s limit of %s reached", o.Exceeded.Limit, o.Exceeded.Bound)
	} else if o.Exit.Signal == 0 && o.Exit.Code == screenBroke {
		return nil, fmt.Errorf("cannot look for what is refused: %s", o.Stderr.Bytes)
	}
	answers[units[0].Key] = screenAnswer{Problems: []submission.Problem{{
		File: filepath.Join(units[0].Shown, units[0].Screen.Files[0]), Text: units[0].Screen.untold() + why,
	}}}
	return answers, nil
}

// screenBroke is the exit code of a process that could not even be asked.
const screenBroke = 3

// untold begins to say why nobody knows.
func (s Screen) untold() string {
	if s.Goroutines {
		return "it can't be told whether a goroutine is started: "
	}
	return "it can't be told what is used: "
}

// answerScreening is that process.
func answerScreening(in io.Reader, out io.Writer) error {
	var q screening
	if err := json.NewDecoder(in).Decode(&q); err != nil {
		return err
	}
	fset := token.NewFileSet()
	packages := importing(fset, q.Exports)
	lines := json.NewEncoder(out)
	for _, u := range q.Units {
		if err := lines.Encode(u.answer(fset, packages)); err != nil {
			return err
		}
	}
	return nil
}

func (u screened) answer(fset *token.FileSet, packages types.Importer) screenAnswer {
	var all, own []*ast.File
	for _, name := range slices.Sorted(maps.Keys(u.Files)) {
		if !takesPart(name, u.Files[name]) {
			continue
		}
		file, err := parser.ParseFile(fset, name, u.Files[name], parser.SkipObjectResolution)
		if err != nil {
			return screenAnswer{Unread: err.Error()}
		}
		all = append(all, file)
		if slices.Contains(u.Screen.Files, name) {
			own = append(own, file)
		}
	}
	var wrong error
	conf := types.Config{
		Importer: packages, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if wrong == nil {
				wrong = err
			}
		},
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	pkg, err := conf.Check("main", fset, all, info)
	if wrong = cmp.Or(wrong, err); wrong != nil {
		return screenAnswer{Unread: wrong.Error()}
	}
	if err := u.Screen.unknown(packages); err != nil {
		return screenAnswer{Broken: err.Error()}
	}
	f := &finder{fset: fset, pkg: pkg, info: info, shown: u.Shown}
	found := f.names(own, u.Screen)
	if u.Screen.Goroutines {
		found = append(f.find(own), found...)
	}
	return screenAnswer{Problems: found[:min(len(found), mostProblems)]}
}

// screen refuses a program for what was found in its unit. One that the compiler
// takes though its names could not be read is refused too: what is in it is not known.
func (p *Program) screen(u Unit, a screenAnswer) {
	p.Refused = append(p.Refused, a.Problems...)
	if a.Unread != "" && p.Plain != "" {
		p.Refused = []submission.Problem{{File: filepath.Join(u.Shown, u.Screen.Files[0]), Text: u.Screen.untold() + a.Unread}}
	}
	if a.Broken != "" {
		p.Broken = errors.New(a.Broken)
	}
	if len(p.Refused) > 0 {
		p.Plain, p.Errors = "", nil
	}
}

// takesPart says whether a file is of this machine's build.
func takesPart(name string, text []byte) bool {
	here := build.Default
	here.CgoEnabled = false
	here.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	ok, err := here.MatchFile("", name)
	return ok || err != nil
}
