//go:build !unobserved

package mp

// observed never changes once Main has begun.
var observed bool

func setObserved(yes bool) { observed = yes }
