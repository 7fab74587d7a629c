package exercise

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
)

// The schema's descriptions are the doc comments of the types themselves.
//
//go:embed exercise.go
var typesSource string

// schema is the part of JSON Schema 2020-12 that exercise files need. Fields are
// in the order in which they are written.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        any                `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false, or the schema of every value
}

// Schema returns the JSON Schema (draft 2020-12) of exercise.yaml, made from the
// Go types that Parse fills, so that an editor can complete and check the file.
// What a schema can't say (sums of points, names of checks) only Parse finds.
func Schema() ([]byte, error) {
	comments, err := fieldComments()
	if err != nil {
		return nil, fmt.Errorf("cannot make the schema: %w", err)
	}
	s := (&schemer{comments}).of(reflect.TypeFor[Exercise]())
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "Lockstep exercise"
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

type schemer struct {
	comments map[string]string // "Check.Name" → its doc comment
}

func (m *schemer) of(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[Duration]():
		return &schema{Type: "string", Pattern: `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[Bytes]():
		return &schema{Type: "string", Pattern: `^[0-9]+ *(B|KiB|MiB|GiB)$`}
	case reflect.TypeFor[Count]():
		return &schema{Type: []string{"integer", "string"}, Pattern: `^[0-9]+( *\.\. *[0-9]*)?$`}
	case reflect.TypeFor[Pattern](), reflect.TypeFor[Script]():
		return &schema{Type: "string"}
	case reflect.TypeFor[Forbidden]():
		return &schema{Enum: []string{string(Goroutines)}}
	case reflect.TypeFor[Source]():
		return &schema{Enum: []string{string(Solution)}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.Slice:
		return &schema{Type: "array", Items: m.of(t.Elem())}
	case reflect.Map:
		return &schema{Type: "object", Additional: m.of(t.Elem())}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int:
		return &schema{Type: "integer"}
	case reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Struct:
		return m.object(t)
	}
	// An exercise's own texts; numbers and the like that stand for text in YAML
	// (an environment's value 1) are read as they are written.
	return &schema{Type: []string{"string", "number", "boolean"}}
}

func (m *schemer) object(t reflect.Type) *schema {
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: false}
	fields, names := fieldsOf(t)
	for _, key := range names {
		f := fields[key]
		p := m.of(f.Type)
		if text := m.comments[t.Name()+"."+f.Name]; text != "" {
			p.Description = text
		}
		if f.Tag.Get("need") != "" {
			s.Required = append(s.Required, key)
		}
		bound(t.Name()+"."+f.Name, p)
		s.Properties[key] = p
	}
	return s
}

// bound adds the ranges that validate checks.
func bound(field string, s *schema) {
	between := func(low, high float64) { s.Minimum, s.Maximum = &low, &high }
	switch field {
	case "Check.Points", "Exercise.Points":
		between(0, 1000)
	case "Check.Repeat":
		between(1, 10_000)
	case "Check.Exit":
		between(0, 255)
	case "Check.Hint":
		between(1, 100)
	case "Limits.Processes":
		between(1, 1024)
	case "Speedup.Workers":
		between(2, 64)
	case "Speedup.AtLeast":
		between(0, 1)
	case "Exercise.Edit", "Exercise.Checks":
		s.MinItems = 1
	case "Races.CapacityZero":
		*s = schema{Enum: []string{"warn"}, Description: s.Description}
	case "Processes.Joined":
		*s = schema{Enum: []string{"all"}, Description: s.Description}
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
