package site

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/doc/comment"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
)

// Headings of what has none of its own.
const (
	constants = "Constants"
	variables = "Variables"
)

// document is a package's documentation, as it is on Linux, in Markdown: what it is for and
// what it exports, with its examples.
func document(dir string) ([]byte, error) {
	system := build.Default
	system.GOOS, system.GOARCH, system.BuildTags, system.CgoEnabled = "linux", "amd64", nil, false
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the library: %w", err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") && name != "example_test.go" {
			continue
		}
		if ours, err := system.MatchFile(dir, name); err != nil || !ours {
			if err != nil {
				return nil, fmt.Errorf("cannot read the library: %w", err)
			}
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("cannot read the library: %w", err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, exercise.Library)
	if err != nil {
		return nil, fmt.Errorf("cannot read the library: %w", err)
	}
	below := map[string]string{}
	under := func(heading string, groups ...[]*doc.Value) {
		for _, v := range slices.Concat(groups...) {
			for _, name := range v.Names {
				below[name] = heading
			}
		}
	}
	under(constants, p.Consts)
	under(variables, p.Vars)
	for _, t := range p.Types {
		under(t.Name, t.Consts, t.Vars)
	}
	l := library{Package: p, fset: fset, print: p.Printer()}
	l.print.HeadingLevel = 2
	l.print.HeadingID = func(*comment.Heading) string { return "" } // the page gives them theirs
	l.print.DocLinkURL = func(to *comment.DocLink) string {
		name := strings.TrimPrefix(to.Recv+"."+to.Name, ".")
		if to.ImportPath != "" {
			return "https://pkg.go.dev/" + to.ImportPath + "#" + name
		}
		return "#" + anchor(cmp.Or(below[name], name))
	}
	l.write()
	return []byte(l.String()), l.err
}

// library writes a package's documentation.
type library struct {
	*doc.Package
	fset  *token.FileSet
	print *comment.Printer
	strings.Builder
	err error
}

func (l *library) write() {
	l.say(l.Doc)
	l.examples(l.Examples)
	for _, group := range []struct {
		title  string
		values []*doc.Value
	}{{constants, l.Consts}, {variables, l.Vars}} {
		if len(group.values) > 0 {
			fmt.Fprintf(l, "## %s\n\n", group.title)
			l.values(group.values)
		}
	}
	if len(l.Funcs) > 0 {
		l.WriteString("## Functions\n\n")
		l.funcs("", l.Funcs)
	}
	for _, t := range l.Types {
		fmt.Fprintf(l, "## %s\n\n", t.Name)
		l.code(t.Decl)
		l.say(t.Doc)
		l.examples(t.Examples)
		l.values(t.Consts)
		l.values(t.Vars)
		l.funcs("", t.Funcs)
		l.funcs(t.Name+".", t.Methods)
	}
}

func (l *library) values(all []*doc.Value) {
	for _, v := range all {
		l.code(v.Decl)
		l.say(v.Doc)
	}
}

func (l *library) funcs(of string, all []*doc.Func) {
	for _, f := range all {
		fmt.Fprintf(l, "### %s%s\n\n", of, f.Name)
		l.code(f.Decl)
		l.say(f.Doc)
		l.examples(f.Examples)
	}
}

func (l *library) examples(all []*doc.Example) {
	for _, e := range all {
		l.WriteString("An example")
		if e.Suffix != "" {
			fmt.Fprintf(l, " (%s)", e.Suffix)
		}
		l.WriteString(":\n\n")
		l.code(e.Code)
		if e.Output != "" {
			fmt.Fprintf(l, "It prints:\n\n%s\n", fenced("", e.Output))
		}
	}
}

func (l *library) say(text string) {
	l.Write(l.print.Markdown(l.Parser().Parse(text)))
	l.WriteString("\n")
}

// code writes a declaration, or the statements of an example.
func (l *library) code(node any) {
	var b strings.Builder
	if err := format.Node(&b, l.fset, node); err != nil {
		l.err = fmt.Errorf("cannot read the library: %w", err)
	}
	said := b.String()
	if block, ok := strings.CutPrefix(said, "{\n"); ok {
		said = strings.ReplaceAll(strings.TrimSuffix(block, "\n}"), "\n\t", "\n")
		said = strings.TrimPrefix(said, "\t")
	}
	l.WriteString(fenced("go", said) + "\n")
}

// fenced is code in Markdown.
func fenced(language, code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimSuffix(code, "\n") + "\n" + fence + "\n"
}
