package exercise

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// decoder fills Go values from YAML nodes by the "yaml" tags of their fields,
// strictly. yaml.v3's own strict mode stops at types it can't place, gives no
// column and no nearest name, and can't tell where a value stood afterwards;
// an instructor needs all three, and every error in one go.
type decoder struct {
	source
	includes
	root   string // what the file declares, in words
	errors Errors
	places map[any]Pos            // pointer to a filled field, or entry → where it stood
	open   opener                 // of the exercise's folder; may be nil
	blocks map[*Script]*yaml.Node // scripts that are still to be read
	hints  map[*Hint]*yaml.Node   // … and which hints are given
	cases  map[*yaml.Node]caseOf  // checks that are cases of one
	again  bool                   // what is read now was read before, as a part of another case
}

func newDecoder(file string, text []byte, root string) *decoder {
	lines := strings.Split(string(text), "\n")
	return &decoder{
		source: source{file, lines}, root: root, includes: includes{at: map[string]Pos{}, sources: map[*yaml.Node]*source{}},
		places: make(map[any]Pos, 2*len(lines)), blocks: map[*Script]*yaml.Node{}, hints: map[*Hint]*yaml.Node{}, cases: map[*yaml.Node]caseOf{},
	}
}

// document decodes the file into a pointer, and reports whether there was anything to
// decode; needs says what there should be.
func (d *decoder) document(text []byte, into any, needs string) bool {
	root := d.read(text, needs)
	if root != nil {
		d.value(root, reflect.ValueOf(into).Elem(), "")
	}
	return root != nil
}

// read reads the file, and returns its root; nil: there is none.
func (d *decoder) read(text []byte, needs string) *yaml.Node {
	var document yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&document); {
	case errors.Is(err, io.EOF):
		d.errors = Errors{{Pos{d.file, 1, 1}, "the file is empty; it needs " + needs}}
		return nil
	case err != nil:
		d.errors = Errors{d.syntaxError(err)}
		return nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.errors = append(d.errors, Error{Pos{d.file, 1, 1}, "the file holds more than one YAML document; " + d.root + " is one"})
	}
	return document.Content[0]
}

// entry is a place in a mapping whose keys are the instructor's own names.
type entry struct{ table, key any }

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	if d.again && slices.ContainsFunc(d.errors, func(e Error) bool { return e.Pos == d.pos(n) }) {
		return
	}
	d.errors = append(d.errors, Error{d.pos(n), fmt.Sprintf(format, args...)})
}

func (d *decoder) pos(n *yaml.Node) Pos { return Pos{d.of(n).file, n.Line, n.Column} }

// value decodes n into v, which is addressable; where names the value in errors.
func (d *decoder) value(n *yaml.Node, v reflect.Value, where string) {
	for n.Kind == yaml.AliasNode {
		d.fail(n, "%s: aliases are not used here; write the value out", where)
		return
	}
	d.places[v.Addr().Interface()] = d.pos(n)
	if !d.whole(n, where) {
		return
	}
	if s, ok := v.Addr().Interface().(*Script); ok {
		d.block(n, s, where)
		return
	}
	if h, ok := v.Addr().Interface().(*Hint); ok {
		d.hints[h] = n
		return
	}
	if s, ok := v.Addr().Interface().(scalar); ok {
		if n.Kind != yaml.ScalarNode {
			d.fail(n, "%s: found %s, needs a plain value", where, describe(n))
		} else if err := s.parse(n.Value); err != nil {
			d.fail(n, "%s: found %s, needs %v", where, describe(n), err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), where)
	case reflect.Struct:
		d.mapping(n, v, where)
	case reflect.Slice:
		d.sequence(n, v, where)
	case reflect.Map:
		d.table(n, v, where)
	default:
		d.plain(n, v, where)
	}
}

// kinds are the plain values that there are, in an instructor's words.
var kinds = map[reflect.Kind]string{
	reflect.String: "text", reflect.Int: "a whole number", reflect.Bool: "true or false", reflect.Float64: "a number",
}

func (d *decoder) plain(n *yaml.Node, v reflect.Value, where string) {
	wrong := func() { d.fail(n, "%s: found %s, needs %s", where, describe(n), kinds[v.Kind()]) }
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		wrong()
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil || n.Tag != "!!int" {
			wrong()
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if n.Tag != "!!bool" {
			wrong()
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || n.Tag != "!!float" && n.Tag != "!!int" {
			wrong()
			return
		}
		v.SetFloat(f)
	}
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "%s: found %s, needs a list", where, describe(n))
		return
	}
	items := d.items(n, v.Type(), where)
	checks := v.Type() == reflect.TypeFor[[]Check]()
	if checks {
		items = d.spread(items)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, x := range items {
		if checks {
			d.again = d.cases[x.node].later
		}
		d.value(x.node, v.Index(i), x.where)
	}
	d.again = d.again && !checks
}

// table decodes a mapping whose keys are the instructor's own names.
func (d *decoder) table(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s: found %s, needs a mapping", where, describe(n))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if v.MapIndex(reflect.ValueOf(key.Value)).IsValid() {
			d.fail(key, "%s: %q is given twice", where, key.Value)
			continue
		}
		d.places[entry{v.Addr().Interface(), key.Value}] = d.pos(key)
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(n.Content[i+1], item, where+"."+key.Value)
		v.SetMapIndex(reflect.ValueOf(key.Value), item)
	}
}

// mapping decodes a mapping whose keys are the fields of a struct.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, where string) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s: found %s, needs a mapping", d.name(where), describe(n))
		return
	}
	fields, names := fieldsOf(v.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		f, known := fields[key.Value]
		switch {
		case !known:
			d.unknown(key, where, names)
			continue
		case seen[key.Value]:
			d.fail(key, "%s is given twice", under(where, key.Value))
			continue
		}
		seen[key.Value] = true
		if f.Tag.Get("text") == "exact" && n.Content[i+1].Style&yaml.FoldedStyle != 0 {
			d.fail(n.Content[i+1], "%s: > joins the lines, which is never meant here; write |", under(where, key.Value))
		}
		d.value(n.Content[i+1], v.FieldByIndex(f.Index), under(where, key.Value))
	}
	for _, k := range names {
		if fields[k].Tag.Get("need") != "" && !seen[k] {
			d.fail(n, "%s has no %s", d.name(where), k)
		}
	}
	if c, ok := v.Addr().Interface().(*Check); ok {
		c.Pos, c.Of = d.pos(n), d.cases[n].check
	}
}

func (d *decoder) unknown(key *yaml.Node, where string, names []string) {
	if near, ok := Nearest(key.Value, names); ok {
		d.fail(key, "%s has no key %q; did you mean %s?", d.name(where), key.Value, near)
		return
	}
	d.fail(key, "%s has no key %q; it can have %s", d.name(where), key.Value, list(names))
}

// structure is a struct's fields by their YAML keys, and the keys in order.
type structure struct {
	fields map[string]reflect.StructField
	names  []string
}

// structures are those seen so far: of a few types, asked for again and again.
var structures sync.Map // reflect.Type → structure

// fieldsOf returns the structure of a type.
func fieldsOf(t reflect.Type) (map[string]reflect.StructField, []string) {
	if s, ok := structures.Load(t); ok {
		return s.(structure).fields, s.(structure).names
	}
	fields := map[string]reflect.StructField{}
	var names []string
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			fields[key] = t.Field(i)
			names = append(names, key)
		}
	}
	sort.Strings(names)
	structures.Store(t, structure{fields, names})
	return fields, names
}

func under(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

func (d *decoder) name(where string) string {
	if where == "" {
		return d.root
	}
	return where
}

// describe says what a node is, with its text where it is short.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	text := n.Value
	if len(text) > 40 {
		text = text[:37] + "…"
	}
	return strconv.Quote(text)
}
