package similar

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"hash/fnv"
	"reflect"
	"strconv"
)

// tokens is one declaration of a program as the sequence of its syntax tree's tokens, and
// the line that each stands on. What a person changes without thought is not in it: names
// of one's own, comments, layout, parentheses and the texts of strings.
type tokens struct {
	texts []string
	lines []int
}

// read reads a file's declarations.
func read(name string, text []byte) (all []tokens, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	r := reader{files: files, own: map[string]bool{}, packages: map[string]string{}}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := path
		for i := len(path) - 1; i >= 0 && path[i] != '/'; i-- {
			name = path[i:]
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		r.packages[name] = path
	}
	ast.Inspect(file, r.declared)
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		var t tokens
		r.walk(d, &t)
		all = append(all, t)
	}
	return all, nil
}

// reader writes the tokens of one file.
type reader struct {
	files    *token.FileSet
	own      map[string]bool   // names that the file declares
	packages map[string]string // imported, by the name that the file gives them
}

// declared notes the names that a node declares.
func (r *reader) declared(n ast.Node) bool {
	note := func(names ...*ast.Ident) {
		for _, name := range names {
			r.own[name.Name] = true
		}
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		note(n.Name)
	case *ast.Field:
		note(n.Names...)
	case *ast.ValueSpec:
		note(n.Names...)
	case *ast.TypeSpec:
		note(n.Name)
	case *ast.LabeledStmt:
		note(n.Label)
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			for _, x := range n.Lhs {
				if name, ok := x.(*ast.Ident); ok {
					note(name)
				}
			}
		}
	case *ast.RangeStmt:
		for _, x := range []ast.Expr{n.Key, n.Value} {
			if name, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE {
				note(name)
			}
		}
	}
	return true
}

// walk writes a node's tokens in the order of its tree.
func (r *reader) walk(root ast.Node, to *tokens) {
	ast.Inspect(root, func(n ast.Node) bool {
		put := func(text string) {
			to.texts = append(to.texts, text)
			to.lines = append(to.lines, r.files.Position(n.Pos()).Line)
		}
		switch n := n.(type) {
		case nil, *ast.ParenExpr, *ast.CommentGroup, *ast.ExprStmt, *ast.FieldList:
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && r.packages[x.Name] != "" && !r.own[x.Name] {
				put(r.packages[x.Name] + "." + n.Sel.Name)
				return false
			}
			put("selector")
		case *ast.Ident:
			put(r.name(n.Name))
		case *ast.BasicLit:
			if n.Kind == token.STRING || n.Kind == token.FLOAT {
				put(n.Kind.String())
			} else {
				put(n.Value)
			}
		case *ast.BinaryExpr:
			put(n.Op.String())
		case *ast.UnaryExpr:
			put("unary " + n.Op.String())
		case *ast.IncDecStmt:
			put(n.Tok.String())
		case *ast.AssignStmt:
			put(n.Tok.String())
		case *ast.BranchStmt:
			put(n.Tok.String())
		case *ast.GenDecl:
			put(n.Tok.String())
		default:
			put(reflect.TypeOf(n).Elem().Name())
		}
		return true
	})
}

// name is a name that nobody can change, or what stands for all others: methods of
// libraries and predeclared words keep theirs.
func (r *reader) name(name string) string {
	if r.own[name] {
		return "name"
	}
	if types.Universe.Lookup(name) != nil {
		return name
	}
	return "." + name
}

// gram is the fingerprint of some tokens in a row, and the line on which they begin.
type gram struct {
	hash uint64
	line int
}

// grams are the fingerprints of every size tokens in a row, or of all where there are fewer.
func (t tokens) grams(size int) (all []gram) {
	if len(t.texts) == 0 {
		return nil
	}
	size = min(size, len(t.texts))
	for i := range len(t.texts) - size + 1 {
		h := fnv.New64a()
		for _, text := range t.texts[i : i+size] {
			_, _ = h.Write([]byte(text)) // never fails
			_, _ = h.Write([]byte{0})
		}
		all = append(all, gram{h.Sum64(), t.lines[i]})
	}
	return all
}

// winnow picks of each window of grams the least, of equals the last: what two programs
// share is picked in both, wherever it stands.
func winnow(grams []gram, window int) (picked []gram) {
	last := -1
	for i := range max(1, len(grams)-window+1) {
		if len(grams) == 0 {
			break
		}
		least := i
		for k := i; k < min(i+window, len(grams)); k++ {
			if grams[k].hash <= grams[least].hash {
				least = k
			}
		}
		if least != last {
			picked, last = append(picked, grams[least]), least
		}
	}
	return picked
}
