package exercise

import (
	"bytes"
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"lockstep/grader/internal/schema"
)

// The schema's descriptions are the doc comments of the types themselves.
//
//go:embed course.go dialogue.go exercise.go language.go signal.go uses.go
var typesSource embed.FS

// Schema returns the JSON Schema (draft 2020-12) of exercise.yaml, made from the
// Go types that Parse fills, so that an editor can complete and check the file.
// What a schema can't say (sums of points, names of checks) only Parse finds.
func Schema() ([]byte, error) {
	return schemaOf("Lockstep exercise", reflect.TypeFor[Exercise]())
}

// CourseSchema returns that of course.yaml. Which exercises there are it can't say.
func CourseSchema() ([]byte, error) {
	return schemaOf("Lockstep course", reflect.TypeFor[Course]())
}

// TextsSchema returns that of exercise.LANG.yaml, and CourseTextsSchema that of
// course.LANG.yaml. Which checks, hints and chapters there are they can't say.
func TextsSchema() ([]byte, error) {
	return schemaOf("Lockstep exercise in another language", reflect.TypeFor[Texts]())
}

func CourseTextsSchema() ([]byte, error) {
	return schemaOf("Lockstep course in another language", reflect.TypeFor[CourseTexts]())
}

// ChecksSchema returns that of a file of checks, for exercises to include.
func ChecksSchema() ([]byte, error) {
	return schemaOf("Lockstep checks", reflect.TypeFor[Exercise](), "checks")
}

// schemaOf returns the schema of a type, or of what stands below some of its keys.
func schemaOf(title string, t reflect.Type, keys ...string) ([]byte, error) {
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
	s, place := m.Of(t), "#"
	for _, key := range keys {
		s, place = s.Properties[key], place+"/properties/"+key
	}
	text, err := schema.Document(title, s)
	return bytes.ReplaceAll(text, []byte(`"`+place+`/`), []byte(`"#/`)), err // what is there as elsewhere
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
	case reflect.TypeFor[Codes]():
		low, high := 0.0, 255.0
		return &schema.Schema{Type: []string{"integer", "string"}, Minimum: &low, Maximum: &high, Pattern: `^([0-9]+( *\.\. *[0-9]+)?|fails)$`}
	case reflect.TypeFor[Signal]():
		return &schema.Schema{Type: "string", Pattern: signalForm}
	case reflect.TypeFor[Pattern](), reflect.TypeFor[Script]():
		return &schema.Schema{Type: "string"}
	case reflect.TypeFor[Goal]():
		return &schema.Schema{Enum: goals}
	case reflect.TypeFor[Hold]():
		return &schema.Schema{Type: "string", Pattern: holdPattern}
	case reflect.TypeFor[FileStep]():
		return &schema.Schema{Type: "string", Pattern: stepPattern}
	case reflect.TypeFor[Name]():
		return &schema.Schema{Type: "string", Pattern: namePattern}
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

// bound adds what validate checks of one field.
func bound(field string, s *schema.Schema) {
	between := func(low, high float64) { s.Minimum, s.Maximum = &low, &high }
	oneOf := func(words ...string) { *s = schema.Schema{Enum: words, Description: s.Description} }
	switch field {
	case "Check.Points", "Exercise.Points":
		between(0, 1000)
	case "Play.Times":
		between(1, mostTimes)
	case "Check.Repeat":
		between(1, mostRepeat)
	case "Limits.Processes":
		between(1, 1024)
	case "Speedup.Workers":
		between(2, 64)
	case "Speedup.AtLeast", "Processes.Work":
		between(0, 1)
		s.Above, s.Minimum = s.Minimum, nil
	case "Check.Tolerance":
		s.Above = new(float64)
	case "Races.Deaths":
		between(1, mostDeaths)
	case "Exercise.Title", "Exercise.Topic", "Check.Name", "Course.Title", "Chapter.Title", "Chapter.About",
		"Texts.Title", "Texts.Topic", "CourseTexts.Title", "ChapterTexts.Title", "ChapterTexts.About":
		s.Pattern = `^[^\n\r]*\S[^\n\r]*$`
	case "Exercise.Goal", "Check.Script", "Texts.Goal":
		s.Pattern = `\S`
	case "Exercise.Hints", "Texts.Hints":
		s.Items.Pattern = `\S`
	case "Exercise.Forbid":
		s.Items.Pattern = "^" + string(Goroutines) + "$|" + namePattern
	case "Exercise.Allow":
		s.Items = &schema.Schema{Enum: directives}
	case "Course.Chapters":
		s.MinItems = 1
	case "Chapter.Begins":
		s.Pattern = `^[0-9]{1,3}$|^` + numberPattern + `-[a-z0-9-]+$`
	case "Exercise.Edit":
		s.MinItems, s.Items.Pattern = 1, goFile
	case "Exercise.Support":
		s.Items.Pattern = goFile
	case "Exercise.Programs":
		s.Items.Pattern = programForm.String()
	case "Files.Given", "Files.Left", "Files.LeftMatch":
		s.Names = &schema.Schema{Pattern: fileForm.String()}
	case "Check.Hold":
		s.MinItems = 1
	case "Files.Absent":
		s.Items.Pattern = absentForm.String()
	case "Exercise.Mutants":
		s.Names, s.Additional.(*schema.Schema).MinItems = &schema.Schema{Pattern: goFile}, 1
	case "Exercise.Spared":
		s.Names = &schema.Schema{Enum: Usual}
	case "Exercise.Checks":
		s.MinItems = 1
		alone(s.Items)
		s.Items.Properties["cases"].Items = caseSchema(s.Items.Properties)
	case "Check.Cases":
		s.MinItems = 1
	case "Check.StdoutOrder":
		s.MinItems, s.Items.Pattern = 2, oneLine
	case "Check.Signals":
		s.MinItems = 1
	case "Check.StdoutUnordered":
		s.MinItems, s.Items.Pattern = 1, oneLine
	case "Check.StdoutMatch", "Check.StdoutNotMatch", "Check.StderrMatch", "Turn.ExpectMatch", "Run.Args":
		if s.Pattern = oneLine; s.Items != nil {
			s.Items.Pattern, s.Pattern = oneLine, ""
		}
	case "Check.Run", "Speedup.Serial", "Speedup.Parallel":
		s.Beside = map[string]*schema.Schema{"dialogue": noneOf("stdin")}
	case "Run.Dialogue":
		s.MinItems, s.Items.MinKeys = 1, 1
		s.Items.Beside = map[string]*schema.Schema{"expect": noneOf("expect_match", "send"), "expect_match": noneOf("expect", "send"), "send": noneOf("expect", "expect_match")}
	case "Turn.Expect", "Turn.Send":
		s.MinLength = 1
	case "Check.StdoutFile":
		s.Pattern = `^[^/]+$`
	case "Run.Env":
		s.Names, s.Additional.(*schema.Schema).Pattern = &schema.Schema{Pattern: variableForm.String()}, oneLine
	case "Check.Processes", "Check.Memory", "Check.Uses", "Check.Limits", "Check.Files":
		if s.MinKeys = 1; field == "Check.Processes" {
			s.Beside = map[string]*schema.Schema{"used": {Required: []string{"needed"}}}
		}
	case "Races.CapacityZero":
		oneOf("warn")
	case "Processes.Joined":
		oneOf("all")
	case "Processes.Needed":
		oneOf(Together, Each)
	case "Processes.Used":
		oneOf(Each)
	case "Fixtures.HTTP":
		oneOf(fixtures...)
	case "Uses.EachChild", "Uses.Parent":
		s.Items = &schema.Schema{Enum: useNames()}
	}
}

const (
	oneLine = `^[^\n\r]*$`
	goFile  = `^[^/]+\.go$`
)

// alone says of a check which keys can't stand beside others, and that it runs something.
func alone(check *schema.Schema) {
	check.Beside = map[string]*schema.Schema{
		"play":            {Required: []string{"races"}},
		"published":       {Required: []string{"run", "stdout_from"}},
		"tolerance":       anyOf("stderr", "stdout", "stdout_file", "stdout_from"),
		"races":           noneOf("files", "goroutine_races", "hold", "uses"),
		"signals":         noneOf("races"),
		"goroutine_races": noneOf("races", "speedup"),
	}
	for kind, keys := range keysOf {
		check.Beside[kind] = &schema.Schema{Names: &schema.Schema{Enum: slices.Concat(ofEvery, keys)}}
	}
	check.Required = nil
	check.Any = []*schema.Schema{{Required: []string{"include"}}}
	for _, kind := range []string{"run", "script", "speedup", "cases"} {
		check.Any = append(check.Any, &schema.Schema{Required: []string{"name", kind}})
	}
	check.Beside["include"] = &schema.Schema{Names: &schema.Schema{Enum: []string{"include"}}}
	check.Beside["cases"] = noneOf("points")
	for _, key := range wholeOutputs {
		others := slices.DeleteFunc(slices.Clone(wholeOutputs), func(other string) bool { return other == key })
		check.Beside[key] = noneOf(others...)
	}
}

// caseSchema is of what stands in a case: the keys of a check that are not those of all its
// cases.
func caseSchema(check map[string]*schema.Schema) *schema.Schema {
	s := &schema.Schema{Type: "object", Properties: map[string]*schema.Schema{}, Additional: false, Required: []string{"name"}}
	for key := range check {
		if !slices.Contains(notOfCases, key) {
			s.Properties[key] = &schema.Schema{Same: "#/properties/checks/items/properties/" + key}
		}
	}
	return s
}

// noneOf refuses some keys.
func noneOf(keys ...string) *schema.Schema {
	return &schema.Schema{Names: &schema.Schema{Not: &schema.Schema{Enum: keys}}}
}

// anyOf wants one of some keys.
func anyOf(keys ...string) *schema.Schema {
	s := &schema.Schema{}
	for _, key := range keys {
		s.Any = append(s.Any, &schema.Schema{Required: []string{key}})
	}
	return s
}

// fieldComments reads the doc comments of the types' fields from their source.
func fieldComments() (map[string]string, error) {
	comments := map[string]string{}
	files, err := typesSource.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := typesSource.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		addComments(comments, file)
	}
	return comments, nil
}

// addComments adds those of one file, by TYPE.FIELD.
func addComments(comments map[string]string, file *ast.File) {
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
}
