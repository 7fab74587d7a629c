package mp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// pythons are the names that Python 3.11's multiprocessing exports.
const pythons = `Array AuthenticationError Barrier BoundedSemaphore BufferTooShort Condition Event JoinableQueue
	Lock Manager Pipe Pool Process ProcessError Queue RLock RawArray RawValue Semaphore SimpleQueue TimeoutError
	Value active_children allow_connection_pickling cpu_count current_process freeze_support get_all_start_methods
	get_context get_logger get_start_method log_to_stderr parent_process reducer set_executable
	set_forkserver_preload set_start_method`

// TestTableOfPython: all that Python exports has a line in the table, and what the table says
// that there is here, there is.
func TestTableOfPython(t *testing.T) {
	text, err := os.ReadFile("python.go")
	if err != nil {
		t.Fatal(err)
	}
	var theirs, ours []string
	for line := range strings.Lines(string(text)) {
		row, ok := strings.CutPrefix(line, "//\t")
		if !ok {
			continue
		}
		column := []rune(row)
		at := min(33, len(column))
		theirs = append(theirs, string(column[:at]))
		if here := strings.TrimSpace(string(column[at:])); !strings.HasPrefix(here, "lacks") {
			ours = append(ours, here)
		}
	}
	python, here := strings.Join(theirs, "\n"), strings.Join(ours, "\n")
	for _, name := range strings.Fields(pythons) {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(python) {
			t.Errorf("the table has no line for Python's %s", name)
		}
	}
	exported := exportedNames(t)
	for _, call := range regexp.MustCompile(`\b[A-Z][A-Za-z]*\.[A-Z][A-Za-z]*`).FindAllString(here, -1) {
		if !exported[call] {
			t.Errorf("the table says that there is %s", call)
		}
	}
	for _, call := range regexp.MustCompile(`\b(New|Err|Wait|CPU)[A-Z][A-Za-z]*`).FindAllString(here, -1) {
		if !exported[call] && call != "WaitTimeout" {
			t.Errorf("the table says that there is %s", call)
		}
	}
}

// exportedNames are the package's functions, types, variables and "Type.Method"s.
func exportedNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				of := ""
				if n.Recv != nil {
					ast.Inspect(n.Recv.List[0].Type, func(n ast.Node) bool {
						if id, ok := n.(*ast.Ident); ok && of == "" {
							of = id.Name + "."
						}
						return true
					})
				}
				names[of+n.Name.Name] = true
				return false
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			}
			return true
		})
	}
	return names
}
