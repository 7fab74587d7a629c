package facts

// Does is a kind of change that a process makes to a file.
type Does string

const (
	Creates Does = "create" // the name begins to be there: opened to create, made, linked or renamed to
	Writes  Does = "write"  // the file is written to or cut short
	Changes Does = "change" // it is another one afterwards: written to, or replaced
	Removes Does = "remove" // the name is there no longer: removed, or renamed
)

// A Step is such a change of files whose names a pattern (path.Match) matches.
type Step struct {
	Does Does
	Name string
}

func (s Step) String() string { return string(s.Does) + " " + s.Name }

// A Hold forces an order of file steps on a run: the first process that is about to do At
// stops there until another is about to do Until.
type Hold struct{ At, Until Step }

// Forced is what became of a Hold in a run.
type Forced struct {
	Hold
	PID int // of who was stopped; 0: nobody came there
	By  int // of who came to Until meanwhile; 0: nobody did, and the first was let go
}

// Made says that a process made a step, or was about to.
type Made struct {
	Step
	PID int
}
