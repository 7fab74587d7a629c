//go:build race

package search

func init() { programsToTry = 200 } // the race detector looks at the workers; the rest is tested without it
