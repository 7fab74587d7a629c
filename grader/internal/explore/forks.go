package explore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// Runs whose processes are forked (control.Forks) are for programs that can't tell them
// from those of fresh processes, and whose processes the runtime can serve there: what
// they import and call is on these lists.
var (
	forkedImports = []string{
		"bufio", "bytes", "cmp", "errors", "fmt", "iter", "lockstep/mp", "maps", "math", "math/bits", "os", "slices", "sort",
		"strconv", "strings", "time", "unicode", "unicode/utf8",
	}
	forkedOS   = []string{"Args", "Exit", "Getpid", "Getppid", "Stdout", "Stderr"}
	forkedTime = []string{"Duration", "Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour", "Now", "Since", "Time"}
	threaded   = []string{"NewPool", "NewManager"} // of mp, or of its targets: they have goroutines of their own
	atStart    = []string{"Func", "Func0", "Func2", "Func3", "Func4", "Register", "New", "Errorf"}
)

// forkable reports whether that is so of a program, as far as its text tells.
func forkable(files map[string][]byte) bool {
	for name, text := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil || !forkableFile(file) {
			return false
		}
	}
	return len(files) > 0
}

func forkableFile(file *ast.File) bool {
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil || i.Name != nil || !slices.Contains(forkedImports, path) {
			return false
		}
	}
	good := true
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			good = good && !(d.Recv == nil && d.Name.Name == "init")
		case *ast.GenDecl: // no operations, and nothing that differs from process to process
			ast.Inspect(d, func(n ast.Node) bool {
				if _, inside := n.(*ast.FuncLit); inside {
					return false
				}
				if call, ok := n.(*ast.CallExpr); ok {
					s, ok := call.Fun.(*ast.SelectorExpr)
					good = good && ok && slices.Contains(atStart, s.Sel.Name)
				}
				return true
			})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			good = false
		case *ast.SelectorExpr:
			good = good && !slices.Contains(threaded, n.Sel.Name)
			of, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			switch of.Name {
			case "os":
				good = good && slices.Contains(forkedOS, n.Sel.Name)
			case "time":
				good = good && slices.Contains(forkedTime, n.Sel.Name)
			}
		}
		return good
	})
	return good
}
