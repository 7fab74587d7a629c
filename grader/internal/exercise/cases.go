package exercise

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Case is one of the cases of a check. It is a check of its own once the file is read.
type Case struct{}

// notOfCases are the keys of a check that all of its cases share.
var notOfCases = []string{"bonus", "cases", "detail", "hidden", "include", "needs"}

// caseOf says of which check a node is a case, and whether others of it stand before.
type caseOf struct {
	check string
	later bool
}

// CaseName is what the check is called that a case is.
func CaseName(check, name string) string { return check + ": " + name }

// spread puts the cases of checks in their place: each is a check of what its own check
// says of all of them, and of what it says itself.
func (d *decoder) spread(checks []item) (all []item) {
	for _, x := range checks {
		check := x.node
		cases := valueOf(check, "cases")
		if cases == nil {
			all = append(all, x)
			continue
		}
		name := valueOf(check, "name")
		switch points := valueOf(check, "points"); {
		case name == nil || name.Kind != yaml.ScalarNode || name.Value == "":
			d.fail(check, "a check with cases needs a name")
		case d.twice(check, "name") || d.twice(check, "cases"): // as was said
		case cases.Kind == yaml.SequenceNode && len(cases.Content) == 0:
			d.fail(cases, "check %q: cases is empty", name.Value)
		case cases.Kind != yaml.SequenceNode:
			d.fail(cases, "check %q: cases: found %s, needs a list of cases", name.Value, describe(cases))
		case points != nil:
			d.fail(points, "check %q: points: its cases have them; leave them out here", name.Value)
		default:
			for i, c := range cases.Content {
				if whole := d.oneCase(check, c, name.Value); whole != nil {
					d.cases[whole] = caseOf{name.Value, i > 0}
					all = append(all, item{whole, fmt.Sprintf("%s.cases[%d]", x.where, i+1)})
				}
			}
		}
	}
	return all
}

// oneCase is the check that a case is; nil, and told, where it can't be one.
func (d *decoder) oneCase(check, c *yaml.Node, group string) *yaml.Node {
	name := valueOf(c, "name")
	if name == nil || name.Kind != yaml.ScalarNode || name.Value == "" {
		d.fail(c, "check %q: a case needs a name, to tell it from the others", group)
		return nil
	}
	whole := *c
	whole.Content = nil
	for i := 0; i+1 < len(check.Content); i += 2 {
		key := check.Content[i]
		if key.Value != "cases" && key.Value != "name" {
			whole.Content = append(whole.Content, key, check.Content[i+1])
		}
	}
	for i := 0; i+1 < len(c.Content); i += 2 {
		key, value := c.Content[i], c.Content[i+1]
		switch {
		case key.Value == "name":
			named := *value
			named.Value = CaseName(group, value.Value)
			d.sources[&named] = d.sources[value]
			value = &named
		case slices.Contains(notOfCases, key.Value):
			d.fail(key, "case %q: %s is of the whole check, and not of a case", name.Value, key.Value)
			continue
		case valueOf(check, key.Value) != nil:
			d.fail(key, "case %q: %s stands in its check, too, for all cases: keep one", name.Value, key.Value)
			continue
		}
		whole.Content = append(whole.Content, key, value)
	}
	d.sources[&whole] = d.sources[c]
	return &whole
}

// twice tells of a key that is given again, and reports whether it is.
func (d *decoder) twice(n *yaml.Node, key string) bool {
	seen := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		if seen {
			d.fail(n.Content[i], "%s is given twice", key)
			return true
		}
		seen = true
	}
	return false
}

// valueOf is a mapping's value for a key, or nil.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// nameCases puts the names of all its cases in the place of a check's that has some,
// wherever checks are named.
func (e *Exercise) nameCases() {
	cases := map[string][]string{}
	for i := range e.Checks {
		if c := &e.Checks[i]; c.Of != "" {
			cases[c.Of] = append(cases[c.Of], c.Name)
		}
	}
	each := func(names []string) []string {
		var all []string
		for _, name := range names {
			if of := cases[name]; of != nil {
				all = append(all, of...)
			} else {
				all = append(all, name)
			}
		}
		return all
	}
	if len(cases) == 0 {
		return
	}
	for i := range e.Checks {
		e.Checks[i].Needs = each(e.Checks[i].Needs)
	}
	e.Starter.Fails = each(e.Starter.Fails)
	for name, checks := range e.Mutants {
		e.Mutants[name] = each(checks)
	}
}
