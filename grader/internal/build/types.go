package build

import (
	"context"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
)

// Types compiles what units of the course's own import, and nothing of the units, and
// returns what those packages declare. The files stay where the compiler keeps them.
func Types(ctx context.Context, r Request) (types.Importer, error) {
	tool, err := findToolchain(ctx)
	if err != nil {
		return nil, err
	}
	if err := tool.layOut(&r); err != nil {
		return nil, fmt.Errorf("cannot lay out the build: %w", err)
	}
	exports, err := warm(ctx, r, tool, r.Units, "plain")
	if err != nil {
		return nil, err
	}
	return importing(token.NewFileSet(), exports), nil
}

// importing reads packages' types from the files that the compiler left.
func importing(fset *token.FileSet, exports map[string]string) types.Importer {
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		name, ok := exports[path]
		if !ok {
			return nil, fmt.Errorf("package %s is not known", path)
		}
		return os.Open(name)
	})
}
