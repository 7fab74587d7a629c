package exercise

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// validator is a JSON Schema library with a schema: what it says of a file.
func validator(t *testing.T, make func() ([]byte, error)) func(file string) error {
	t.Helper()
	text, err := make()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(file string) error {
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
}

// TestSchemaFitsCourse validates the course and every exercise, and wants the files that
// only a schema's kind of rule breaks refused.
func TestSchemaFitsCourse(t *testing.T) {
	validate, validateCourse := validator(t, Schema), validator(t, CourseSchema)
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
	if err := validateCourse(filepath.Join(root, "exercises", CourseFile)); err != nil {
		t.Error(err)
	}
	for _, small := range []struct {
		of         func() ([]byte, error)
		good, bads string // files; names of bad ones in testdata/bad
	}{
		{TextsSchema, "grader/internal/reference/example/exercises/01-rare-keys/exercise.de.yaml", "texts/empty_texts texts/unknown_key texts/wrong_types"},
		{CourseTextsSchema, "grader/internal/reference/example/exercises/course.de.yaml", "course-texts/empty_texts course-texts/list course-texts/unknown_key"},
		{ChecksSchema, "testdata/courses/zwei/checks/kinder.yaml", "course/unknown_key"},
		{Schema, "testdata/courses/zwei/exercises/01-gruss/exercise.yaml", "include_and_name include_list check_nameless"},
	} {
		validate := validator(t, small.of)
		if err := validate(filepath.Join(root, filepath.FromSlash(small.good))); err != nil {
			t.Errorf("%s: %v", small.good, err)
		}
		for bad := range strings.FieldsSeq(small.bads) {
			if validate(filepath.Join(root, "testdata", "bad", filepath.FromSlash(bad)+".yaml")) == nil {
				t.Errorf("%s: the schema accepts it", bad)
			}
		}
	}
	for _, bad := range strings.Fields("begins_list empty empty_texts missing_keys no_chapters unknown_key") {
		if validateCourse(filepath.Join(root, "testdata", "bad", "course", bad+".yaml")) == nil {
			t.Errorf("%s: the schema of courses accepts it", bad)
		}
	}
	for _, bad := range strings.Fields(`
		allow_unknown args_line_break args_number capacity_zero cases check_limits check_negative_points
		check_runs_nothing checks_empty count dialogue edit_empty edit_path empty empty_title env_line_break
		exit_open exit_range exit_word fixture forbid_names forbid_unknown goroutine_races_with_races
		hint_unknown joined limits_duration limits_range limits_size list_expected mapping_expected
		memory_empty missing_keys mutant_name mutant_without_check name_line_break needed_unknown nothing
		pattern_line_break play_goal play_times play_without_goal
		play_without_races points_text processes_empty published races_deaths repeat_range script_and_run
		script_empty script_overlooked several_at_once signals signals_with_races signals_with_speedup spared speedup_overlooked speedup_range
		speedup_with_run stdout_file_empty stdout_file_path stdout_from stdout_order stdout_order_pid
		stdout_twice support tolerance tolerance_of_nothing unknown_key unknown_key_in_check unordered_empty
		unordered_lines used_alone used_unknown
	`) {
		if validate(filepath.Join(root, "testdata", "bad", bad+".yaml")) == nil {
			t.Errorf("%s: the schema accepts it", bad)
		}
	}
}
