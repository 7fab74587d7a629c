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
		if bound := bounds[of.Name()+"."+f.Name]; bound != nil {
			bound(s)
		}
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
	case reflect.TypeFor[Moment]():
		return &schema.Schema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$`}
	case reflect.TypeFor[Detail]():
		s := &schema.Schema{}
		for _, d := range Details {
			s.Enum = append(s.Enum, string(d))
		}
		return s
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

// bounds are what validate checks of single fields, by type and name.
var bounds = map[string]func(*schema.Schema){
	"Check.Points": between(0, 1000), "Exercise.Points": between(0, 1000),
	"Play.Times":       between(1, mostTimes),
	"Check.Repeat":     between(1, mostRepeat),
	"Limits.Processes": between(1, 1024),
	"Speedup.Workers":  between(2, 64),
	"Speedup.AtLeast":  aPart, "Processes.Work": aPart,
	"Check.Tolerance": aboveZero,
	"Races.Deaths":    between(1, mostDeaths),

	"Exercise.Title": like(shortText), "Exercise.Topic": like(shortText), "Check.Name": like(shortText),
	"Course.Title": like(shortText), "Chapter.Title": like(shortText), "Chapter.About": like(shortText),
	"Texts.Title": like(shortText), "Texts.Topic": like(shortText),
	"CourseTexts.Title": like(shortText), "ChapterTexts.Title": like(shortText), "ChapterTexts.About": like(shortText),
	"Exercise.Goal": like(`\S`), "Check.Script": like(`\S`), "Texts.Goal": like(`\S`),
	"Check.StdoutFile":  like(`^[^/]+$`),
	"Check.StdoutMatch": like(oneLine), "Check.StdoutNotMatch": like(oneLine), "Check.StderrMatch": like(oneLine), "Turn.ExpectMatch": like(oneLine),
	"Chapter.Begins": like(`^[0-9]{1,3}$|^` + numberPattern + `-[a-z0-9-]+$`),

	"Exercise.Hints": eachLike(`\S`), "Texts.Hints": eachLike(`\S`),
	"Exercise.Forbid":       eachLike("^" + string(Goroutines) + "$|" + namePattern),
	"Exercise.Edit":         both(least(1), eachLike(goFile)),
	"Exercise.Support":      eachLike(goFile),
	"Exercise.Programs":     eachLike(programPattern),
	"Files.Absent":          eachLike(absentPattern),
	"Run.Args":              eachLike(oneLine),
	"Check.StdoutOrder":     both(least(2), eachLike(oneLine)),
	"Check.StdoutUnordered": both(least(1), eachLike(oneLine)),
	"Exercise.Allow":        eachOf(directives...),
	"Uses.EachChild":        eachOf(useNames()...), "Uses.Parent": eachOf(useNames()...),
	"Course.Chapters": least(1), "Check.Hold": least(1), "Check.Cases": least(1), "Check.Signals": least(1),

	"Files.Given": named(filePattern), "Files.Left": named(filePattern), "Files.LeftMatch": named(filePattern),
	"Exercise.Mutants": both(named(goFile), func(s *schema.Schema) { s.Additional.(*schema.Schema).MinItems = 1 }),
	"Run.Env":          both(named(variablePattern), func(s *schema.Schema) { s.Additional.(*schema.Schema).Pattern = oneLine }),
	"Exercise.Spared":  func(s *schema.Schema) { s.Names = &schema.Schema{Enum: Usual} },

	"Races.CapacityZero": oneOf("warn"),
	"Processes.Joined":   oneOf("all"),
	"Processes.Needed":   oneOf(Together, Each),
	"Processes.Used":     oneOf(Each),
	"Fixtures.HTTP":      oneOf(fixtures...),

	"Exercise.Checks": both(least(1), func(s *schema.Schema) {
		alone(s.Items)
		s.Items.Properties["cases"].Items = caseSchema(s.Items.Properties)
	}),
	"Check.Memory": notEmpty, "Check.Uses": notEmpty, "Check.Limits": notEmpty, "Check.Files": notEmpty,
	"Check.Processes": both(notEmpty, beside(map[string]*schema.Schema{"used": {Required: []string{"needed"}}})),
	"Check.Run":       input, "Speedup.Serial": input, "Speedup.Parallel": input,
	"Turn.Expect": filledText, "Turn.Send": filledText,
	"Run.Dialogue": both(least(1), func(s *schema.Schema) {
		s.Items.MinKeys = 1
		s.Items.Beside = map[string]*schema.Schema{"expect": noneOf("expect_match", "send"), "expect_match": noneOf("expect", "send"), "send": noneOf("expect", "expect_match")}
	}),
}

func between(low, high float64) func(*schema.Schema) {
	return func(s *schema.Schema) { s.Minimum, s.Maximum = &low, &high }
}

func aPart(s *schema.Schema) { s.Above, s.Maximum = new(float64), new(1.0) }

func aboveZero(s *schema.Schema) { s.Above = new(float64) }

func like(pattern string) func(*schema.Schema) { return func(s *schema.Schema) { s.Pattern = pattern } }

func eachLike(pattern string) func(*schema.Schema) {
	return func(s *schema.Schema) { s.Items.Pattern = pattern }
}

func eachOf(words ...string) func(*schema.Schema) {
	return func(s *schema.Schema) { s.Items = &schema.Schema{Enum: words} }
}

// oneOf keeps nothing but the words, and what is said of them.
func oneOf(words ...string) func(*schema.Schema) {
	return func(s *schema.Schema) { *s = schema.Schema{Enum: words, Description: s.Description} }
}

func least(n int) func(*schema.Schema) { return func(s *schema.Schema) { s.MinItems = n } }

// named bounds the keys of a mapping that are the instructor's own names.
func named(pattern string) func(*schema.Schema) {
	return func(s *schema.Schema) { s.Names = &schema.Schema{Pattern: pattern} }
}

func beside(keys map[string]*schema.Schema) func(*schema.Schema) {
	return func(s *schema.Schema) { s.Beside = keys }
}

func notEmpty(s *schema.Schema) { s.MinKeys = 1 }

func filledText(s *schema.Schema) { s.MinLength = 1 }

func input(s *schema.Schema) { s.Beside = map[string]*schema.Schema{"dialogue": noneOf("stdin")} }

func both(one, other func(*schema.Schema)) func(*schema.Schema) {
	return func(s *schema.Schema) { one(s); other(s) }
}

const (
	oneLine   = `^[^\n\r]*$`
	shortText = `^[^\n\r]*\S[^\n\r]*$`
	goFile    = `^[^/]+\.go$`
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
