//go:build unobserved

package mp

// With this tag the hooks are compiled out. It is for the benchmark that shows
// what they cost when nobody observes: nothing.
const observed = false

func setObserved(bool) {}
