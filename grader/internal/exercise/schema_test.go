package exercise

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// TestSchemaFitsCourse validates every exercise with a JSON Schema library, and
// wants the files that only a schema's kind of rule breaks refused.
func TestSchemaFitsCourse(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("exercise.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("exercise.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	root := filepath.Join("..", "..", "..")
	files, err := filepath.Glob(filepath.Join(root, "exercises", "*", FileName))
	if err != nil || len(files) == 0 {
		t.Fatalf("no exercises: %v", err)
	}
	for _, file := range files {
		if err := validate(file); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, bad := range []string{"unknown_key", "unknown_key_in_check", "missing_keys", "limits_size", "limits_duration", "joined", "count", "points_text", "speedup_range", "edit_empty", "checks_empty", "hint_unknown"} {
		if validate(filepath.Join(root, "testdata", "bad", bad+".yaml")) == nil {
			t.Errorf("%s: the schema accepts it", bad)
		}
	}
}
