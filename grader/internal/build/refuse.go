package build

import (
	"fmt"
	"go/parser"
	"go/token"
	"sort"
)

// refused says which of a unit's files want what is never built, whoever let them
// through: C, which takes in any file of the machine while it is compiled. The
// race detector needs cgo to be on, so leaving it off is not enough.
func refused(u Unit) []string {
	var lines []string
	for name, text := range u.Files {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
		if file == nil || err != nil && len(file.Imports) == 0 {
			continue // the compiler says it better
		}
		for _, spec := range file.Imports {
			if spec.Path.Value == `"C"` || spec.Path.Value == "`C`" {
				at := fset.PositionFor(spec.Pos(), false)
				lines = append(lines, fmt.Sprintf("%s/%s:%d:%d: cgo is not built", u.Shown, name, at.Line, at.Column))
			}
		}
	}
	sort.Strings(lines)
	return lines
}
