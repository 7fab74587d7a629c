//go:build unix

package box

import (
	"time"

	"lockstep/grader/internal/box/internal/cgroup"
)

// The grader and a box's init speak over one stream socket: a length, a kind
// and a JSON body each way. Descriptors ride on the first byte of their message.
const (
	kindSetup  = 'S' // grader → init: terms; answered by kindReady or kindFailed
	kindRun    = 'R' // grader → init: an order, with its descriptors
	kindListen = 'L' // grader → init: answered by kindListen with a descriptor, or kindFailed
	kindCut    = 'C' // grader → init: a LimitExceeded that the grader saw; ends the run
	kindText   = 'T' // grader → init: what the next signal comes after was printed
	kindReady  = 'r' // init → grader: the place stands
	kindReport = 'o' // init → grader: an Observation without its streams
	kindFailed = 'f' // init → grader: a failure: the grader's fault, never the program's
)

// order is one run, as init gets it. Its descriptors are standard input, output
// and error, and then the files.
type order struct {
	Program  string
	Args     []string
	Env      []string
	Dir      string
	Fixed    []string
	Gather   string
	Given    []File
	Leaves   bool
	AtOnce   int
	Holds    []Hold
	Steps    []Step
	Patience time.Duration
	Files    int
	Signals  []Signal
	Limits   Limits
}

// terms are what init is started on.
type terms struct {
	Setup
	User  int             // the user that programs become; 0: init's own
	Group *cgroup.Folders // where programs' memory is counted; nil: nowhere
	// Folder is of the box's own, on the host, for tiers that have no other place.
	Folder string
}

// mostFiles is how many descriptors the kernel lets one message carry.
const mostFiles = 253

// state is what init says of the place once it stands.
type state struct {
	Tier    Tier
	Unseen  []string
	Grouped bool     // a control group counts memory
	Open    []string // what programs are not kept from
}
