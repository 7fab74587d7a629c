package exercise

import "slices"

// Only returns the exercise with the named checks alone, and those that they
// need. The points no longer add up: it is for trying checks, not for marking.
func (e *Exercise) Only(names ...string) *Exercise {
	wanted := map[string]bool{}
	for _, name := range names {
		e.want(name, wanted)
	}
	only := *e
	only.Checks = slices.DeleteFunc(slices.Clone(e.Checks), func(c Check) bool { return !wanted[c.Name] })
	return &only
}

// want marks a check and, since needs always name earlier ones, all that it leans on.
func (e *Exercise) want(name string, wanted map[string]bool) {
	if c, ok := e.Check(name); ok && !wanted[name] {
		wanted[name] = true
		for _, need := range c.Needs {
			e.want(need, wanted)
		}
	}
}
