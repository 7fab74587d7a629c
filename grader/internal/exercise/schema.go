package exercise

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"lockstep/grader/internal/schema"
)

// The schema's descriptions are the doc comments of the types themselves.
//
//go:embed exercise.go
var typesSource string

// Schema returns the JSON Schema (draft 2020-12) of exercise.yaml, made from the
// Go types that Parse fills, so that an editor can complete and check the file.
// What a schema can't say (sums of points, names of checks) only Parse finds.
func Schema() ([]byte, error) {
	comments, err := fieldComments()
	if err != nil {
		return nil, fmt.Errorf("cannot make the schema: %w", err)
	}
	m := schema.Maker{Tag: "yaml", Own: written, Field: func(of reflect.Type, f reflect.StructField, s *schema.Schema) bool {
		if text := comments[of.Name()+"."+f.Name]; text != "" {
			s.Description = text
		}
		bound(of.Name()+"."+f.Name, s)
		return f.Tag.Get("need") != ""
	}}
	return schema.Document("Lockstep exercise", m.Of(reflect.TypeFor[Exercise]()))
}

// written is how types that have a form of their own are written.
func written(t reflect.Type) *schema.Schema {
	switch t {
	case reflect.TypeFor[Duration]():
		return &schema.Schema{Type: "string", Pattern: `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[Bytes]():
		return &schema.Schema{Type: "string", Pattern: `^[0-9]+ *(B|KiB|MiB|GiB)$`}
	case reflect.TypeFor[Count]():
		return &schema.Schema{Type: []string{"integer", "string"}, Pattern: `^[0-9]+( *\.\. *[0-9]*)?$`}
	case reflect.TypeFor[Pattern](), reflect.TypeFor[Script]():
		return &schema.Schema{Type: "string"}
	case reflect.TypeFor[Forbidden]():
		return &schema.Schema{Enum: []string{string(Goroutines)}}
	case reflect.TypeFor[Source]():
		return &schema.Schema{Enum: []string{string(Solution)}}
	}
	if t == reflect.TypeFor[Hint]() {
		return hintSchema()
	}
	if t.Kind() == reflect.String {
		// An exercise's own texts; numbers and the like that stand for text in YAML
		// (an environment's value 1) are read as they are written.
		return &schema.Schema{Type: []string{"string", "number", "boolean"}}
	}
	return nil
}

// hintSchema is of a hint's number, a list of such, or a mapping of either by outcome.
func hintSchema() *schema.Schema {
	low, high := 1.0, 100.0
	number := &schema.Schema{Type: "integer", Minimum: &low, Maximum: &high}
	rungs := &schema.Schema{Type: []string{"integer", "array"}, Minimum: &low, Maximum: &high, Items: number}
	s := *rungs
	s.Type = []string{"integer", "array", "object"}
	s.Names, s.Additional = &schema.Schema{}, rungs
	for _, o := range outcomes {
		s.Names.Enum = append(s.Names.Enum, string(o))
	}
	return &s
}

// bound adds the ranges that validate checks.
func bound(field string, s *schema.Schema) {
	between := func(low, high float64) { s.Minimum, s.Maximum = &low, &high }
	switch field {
	case "Check.Points", "Exercise.Points":
		between(0, 1000)
	case "Check.Repeat":
		between(1, 10_000)
	case "Check.Exit":
		between(0, 255)
	case "Limits.Processes":
		between(1, 1024)
	case "Speedup.Workers":
		between(2, 64)
	case "Speedup.AtLeast":
		between(0, 1)
	case "Exercise.Edit", "Exercise.Checks":
		s.MinItems = 1
	case "Races.CapacityZero":
		*s = schema.Schema{Enum: []string{"warn"}, Description: s.Description}
	case "Processes.Joined":
		*s = schema.Schema{Enum: []string{"all"}, Description: s.Description}
	}
}

// fieldComments reads the doc comments of the types' fields from their source.
func fieldComments() (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "exercise.go", typesSource, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	comments := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		body, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, f := range body.Fields.List {
			for _, name := range f.Names {
				text := f.Doc.Text()
				if text == "" && f.Comment != nil && spec.Name.Name == "Limits" {
					text = "Default: " + f.Comment.Text()
				}
				comments[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(text), " ")
			}
		}
		return false
	})
	return comments, nil
}
