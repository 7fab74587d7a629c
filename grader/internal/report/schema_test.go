package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lockstep/grader/internal/judge"
)

// fits holds what WriteJSON writes of a report against its schema.
func fits(t *testing.T, r *Report) {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, r, (*Report).WriteJSON)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}

func TestReportsFitTheSchema(t *testing.T) {
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) { fits(t, r) })
	}
	fits(t, drawn())
}

// TestOneDialect: keys begin with a small letter, and no time is written without its
// unit.
func TestOneDialect(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() || seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			f := of.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if of == reflect.TypeFor[judge.Verdict]() && f.Name == "Pictures" || key == "-" {
				continue
			}
			if key == "" || strings.ToLower(key[:1]) != key[:1] || strings.ContainsAny(key, "_-") {
				t.Errorf("%s.%s is written as %q", of, f.Name, key)
			}
			if f.Type.Kind() == reflect.Slice && !strings.HasSuffix(f.Tag.Get("json"), ",omitempty") && key != "exercises" && key != "checks" {
				t.Errorf("%s.%s: an empty list may be written as null", of, f.Name)
			}
			if f.Type == reflect.TypeFor[time.Duration]() {
				t.Errorf("%s.%s: a time without a unit", of, f.Name)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Report]())
}
