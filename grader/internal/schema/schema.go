// Package schema makes JSON Schemas. In goes a Go type; out comes the schema of its values
// as they are written.
package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Schema is the part of JSON Schema 2020-12 that is needed here. Fields are in the order
// in which they are written.
type Schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Same        string             `json:"$ref,omitempty"` // as what stands at that place of the document
	Type        any                `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Above       *float64           `json:"exclusiveMinimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Names       *Schema            `json:"propertyNames,omitempty"`
	MinKeys     int                `json:"minProperties,omitempty"`
	Beside      map[string]*Schema `json:"dependentSchemas,omitempty"` // what must hold where a key is given
	Not         *Schema            `json:"not,omitempty"`
	Any         []*Schema          `json:"anyOf,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false, or the schema of every value
}

// Maker makes schemas by its rules.
type Maker struct {
	// Tag is the key of the struct tag that names a field. A field without it is not
	// written.
	Tag string
	// Own returns the schema of a type that is not written as its kind says; nil: it is.
	Own func(reflect.Type) *Schema
	// Field completes a field's schema, and says whether the field is always there.
	Field func(of reflect.Type, f reflect.StructField, s *Schema) (required bool)
}

// Of returns the schema of a type's values.
func (m *Maker) Of(t reflect.Type) *Schema {
	if s := m.Own(t); s != nil {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.Of(t.Elem())
	case reflect.Slice:
		return &Schema{Type: "array", Items: m.Of(t.Elem())}
	case reflect.Map:
		return &Schema{Type: "object", Additional: m.Of(t.Elem())}
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return &Schema{Type: "integer"}
	case reflect.Float64:
		return &Schema{Type: "number"}
	case reflect.String:
		return &Schema{Type: "string"}
	}
	s := &Schema{Type: "object", Properties: map[string]*Schema{}, Additional: false}
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get(m.Tag), ",")
		if key == "" || key == "-" {
			continue
		}
		p := m.Of(f.Type)
		if m.Field(t, f, p) {
			s.Required = append(s.Required, key)
		}
		s.Properties[key] = p
	}
	slices.Sort(s.Required)
	return s
}

// Document writes a schema as a document of its own.
func Document(title string, s *Schema) ([]byte, error) {
	s.Schema, s.Title = "https://json-schema.org/draft/2020-12/schema", title
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}
