package build

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// names looks in some files for the names that may not be used, and for those that must.
// A name is PACKAGE.NAME or PACKAGE.TYPE.METHOD, and is found by what a word means: under
// another name of its package, without being called, or through what embeds its type.
func (f *finder) names(files []*ast.File, s Screen) []submission.Problem {
	var problems []submission.Problem
	used := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			at, names := f.means(n)
			for _, name := range names {
				used[name] = true
				if slices.Contains(s.Forbid, name) {
					problems = append(problems, f.problem(at.Pos(), exercise.ShortName(name)+" is refused: doing without it is part of the exercise"))
				}
			}
			return true
		})
	}
	for _, name := range s.Require {
		if !used[name] {
			problems = append(problems, submission.Problem{
				File: filepath.Join(f.shown, s.Files[0]),
				Text: exercise.ShortName(name) + " is used nowhere: doing it with that is part of the exercise",
			})
		}
	}
	return problems
}

// means are the names of what a word means, and where it stands.
func (f *finder) means(n ast.Node) (at ast.Node, names []string) {
	switch n := n.(type) {
	case *ast.Ident:
		o := f.info.Uses[n]
		if o != nil && o.Pkg() != nil && o.Pkg().Scope().Lookup(o.Name()) == o {
			names = []string{o.Pkg().Path() + "." + o.Name()}
		}
	case *ast.SelectorExpr:
		s := f.info.Selections[n]
		if s == nil {
			break
		}
		t := s.Recv()
		for _, i := range append(slices.Clone(s.Index()[:len(s.Index())-1]), -1) {
			if p, ok := types.Unalias(t).(*types.Pointer); ok {
				t = p.Elem()
			}
			if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
				names = append(names, named.Obj().Pkg().Path()+"."+named.Obj().Name()+"."+s.Obj().Name())
			}
			if holder, ok := t.Underlying().(*types.Struct); ok && i >= 0 {
				t = holder.Field(i).Type()
			}
		}
		return n.Sel, names
	}
	return n, names
}

// unknown says which of the names that are looked for means nothing; nil: each means
// something.
func (s Screen) unknown(packages types.Importer) error {
	for _, name := range slices.Concat(s.Forbid, s.Require) {
		path, rest := exercise.SplitName(name)
		pkg, err := packages.Import(path)
		if err != nil {
			return fmt.Errorf("cannot find %s: %w", name, err)
		}
		first, second, nested := strings.Cut(rest, ".")
		o := pkg.Scope().Lookup(first)
		found := o != nil && o.Exported()
		known := pkg.Scope().Names()
		if found && nested {
			member, _, _ := types.LookupFieldOrMethod(o.Type(), true, pkg, second)
			if found = member != nil; !found {
				set := types.NewMethodSet(types.NewPointer(o.Type()))
				known, first = nil, second
				for i := range set.Len() {
					known = append(known, set.At(i).Obj().Name())
				}
			}
		}
		if found {
			continue
		}
		hint := ""
		if near, ok := exercise.Nearest(first, slices.DeleteFunc(known, func(n string) bool { return !ast.IsExported(n) })); ok {
			hint = "; did you mean " + near + "?"
		}
		return fmt.Errorf("there is no %s, which %s names in forbid or require%s", exercise.ShortName(name), exercise.FileName, hint)
	}
	return nil
}
