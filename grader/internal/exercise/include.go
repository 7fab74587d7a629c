package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// source is a file that is read: what it is called in errors, and its lines.
type source struct {
	file  string
	lines []string
}

// includes are files of checks that an exercise shares with others.
type includes struct {
	shared  fs.FS                  // the course's folder; nil: there is none to look in
	files   []string               // that were read, as the exercise names them
	lost    bool                   // one could not be: what is missing may be there
	open    []string               // that are being read, each included by the one before
	at      map[string]Pos         // where a file was included first, by what errors call it
	sources map[*yaml.Node]*source // of the nodes of those files
}

// item is an item of a list, and how errors call it.
type item struct {
	node  *yaml.Node
	where string
}

// items are those of a list. In one of checks, those of a file that it includes stand in the
// place of `include:`.
func (d *decoder) items(n *yaml.Node, of reflect.Type, where string) []item {
	var all []item
	for i, node := range n.Content {
		here := item{node, fmt.Sprintf("%s[%d]", where, i+1)}
		if key, name := included(node); key != nil && of == reflect.TypeFor[[]Check]() {
			all = append(all, d.include(node, key, name, here.where+".include")...)
		} else {
			all = append(all, here)
		}
	}
	return all
}

// included are the key `include` of a mapping and its value; nil where it has none.
func included(n *yaml.Node) (key, name *yaml.Node) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "include" {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// include reads a file of checks.
func (d *decoder) include(n, key, name *yaml.Node, where string) []item {
	fail := func(n *yaml.Node, format string, args ...any) []item {
		d.lost = true
		d.fail(n, format, args...)
		return nil
	}
	switch {
	case len(n.Content) > 2:
		return fail(key, "%s stands alone, for all checks of a file; give what else is here a check of its own", where)
	case name.Kind != yaml.ScalarNode || !fs.ValidPath(name.Value) || name.Value == ".":
		return fail(name, "%s: found %s, needs the name of a file in the course's folder, such as checks/joined.yaml", where, describe(name))
	case d.shared == nil:
		return fail(name, "%s: there is no course here to find %s in", where, name.Value)
	}
	file := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(d.file))), filepath.FromSlash(name.Value))
	if slices.Contains(d.includes.open, name.Value) {
		return fail(name, "%s: %s would include itself: it is being read already, included at %s", where, file, d.includes.at[file])
	}
	text, err := fs.ReadFile(d.shared, name.Value)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("there is no such file")
	}
	if err != nil {
		return fail(name, "%s: cannot read %s: %v", where, file, err)
	}
	if !slices.Contains(d.files, name.Value) {
		d.files, d.includes.at[file] = append(d.files, name.Value), d.pos(name)
	}
	own := newDecoder(file, text, "the list of checks")
	list := own.read(text, "a list of checks")
	d.errors = append(d.errors, own.errors...)
	if list == nil {
		d.lost = true
		return nil
	}
	d.own(list, &own.source)
	if list.Kind != yaml.SequenceNode {
		return fail(list, "found %s, needs a list of checks", describe(list))
	}
	d.includes.open = append(d.includes.open, name.Value)
	defer func() { d.includes.open = d.includes.open[:len(d.includes.open)-1] }()
	return d.items(list, reflect.TypeFor[[]Check](), "checks")
}

// own notes in which file a node stands, and those below it.
func (d *decoder) own(n *yaml.Node, s *source) {
	d.sources[n] = s
	for _, below := range n.Content {
		d.own(below, s)
	}
}

// of is the file in which a node stands.
func (d *decoder) of(n *yaml.Node) *source {
	if s := d.sources[n]; s != nil {
		return s
	}
	return &d.source
}

// all are the errors in the order of their places. Those in a file that is included say
// where that is.
func (d *decoder) all() Errors {
	for i, e := range d.errors {
		if at, ok := d.includes.at[e.Pos.File]; ok {
			d.errors[i].Text = fmt.Sprintf("%s (included at %s)", e.Text, at)
		}
	}
	return d.errors.sorted()
}

// Inline puts checks in the place of each `include:` of an exercise's document; file is
// what that is called, and shared the course's folder. The error is an Errors.
func Inline(file string, document *yaml.Node, shared fs.FS) error {
	d := newDecoder(file, nil, "the exercise")
	d.shared = shared
	root := document.Content[0]
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		if list := root.Content[i+1]; root.Content[i].Value == "checks" && list.Kind == yaml.SequenceNode {
			items := d.items(list, reflect.TypeFor[[]Check](), "checks")
			list.Content = nil
			for _, x := range items {
				list.Content = append(list.Content, x.node)
			}
		}
	}
	if len(d.errors) > 0 {
		return d.all()
	}
	return nil
}
