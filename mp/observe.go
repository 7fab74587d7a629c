package mp

import "lockstep/mp/trace"

// This file is the one place where a tool takes hold of a running program.
//
// Every public operation has the same shape: it validates its arguments, asks
// `observed`, and calls an unexported function that does the work and knows
// nothing of observers. When observed is true, watch.before runs first and may
// keep the caller waiting for as long as it likes; watch.after runs when the
// work is done. When it is false, which is always so for a student who just
// runs a program, an operation pays for one predictable branch.

// observed never changes once Main has begun.
var observed bool

// watch is set whenever observed is.
var watch observer

type observer interface {
	before(*operation)
	after(*operation)
}

// An operation is what an observer is told. Fields that an operation has no
// use for are left zero, except index, which is -1.
type operation struct {
	kind   trace.Kind
	object string // an identity, or a process's path
	name   string // how a person would call the object, when known
	index  int
	method string // manager calls: "dict.set"
	key    any    // manager calls: what the call touches
	arg    any    // what goes in
	result any    // what came out; set between before and after
}

// perform runs work between the two hooks. Only observed operations come here.
func perform(op operation, work func(*operation)) {
	watch.before(&op)
	work(&op)
	watch.after(&op)
}
