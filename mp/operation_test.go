package mp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lockstep/mp/trace"
)

// TestEveryOperationHasARow reads this package's own source: what it tells an observer
// stands in the table of operations, and nothing stands there that it never tells.
func TestEveryOperationHasARow(t *testing.T) {
	methods, kinds := map[string]bool{}, map[string]bool{}
	named := regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil {
					methods[text] = true
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "trace" {
					kinds[strings.ToLower(n.Sel.Name)] = true
				}
			}
			return true
		})
	}
	rows := map[string]bool{}
	for _, o := range trace.Operations {
		rows[o.Method] = true
		told := kinds[o.Kind.String()] && methods[o.Method] || o.Kind == trace.Print // the system's, which observers see
		if o.Method == "" && kinds[o.Kind.String()] {
			told = true
		}
		if !told {
			t.Errorf("the table has %s %q, which the package never tells", o.Kind, o.Method)
		}
	}
	for text := range methods {
		class, _, _ := strings.Cut(text, ".")
		if named.MatchString(text) && rows[class] && !rows[text] {
			t.Errorf("the package tells %q, which has no row", text)
		}
	}
}
