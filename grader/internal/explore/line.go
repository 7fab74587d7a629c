package explore

// Line is one line of a rendering, in pieces that a report may colour.
type Line []Piece

// Piece is a stretch of text of one kind. It holds no control characters of its
// own, but text from the program in it is not escaped.
type Piece struct {
	Mark Mark
	Text string
}

// Mark says what a piece of text is.
type Mark string

const (
	Plain   Mark = ""
	Title   Mark = "title"   // the pattern's name and what came out
	Head    Mark = "head"    // a column's title
	Place   Mark = "place"   // file:line
	Value   Mark = "value"   // what an object holds
	Faulty  Mark = "faulty"  // the step that does the damage
	Blocked Mark = "blocked" // a process that can't go on
	Turn    Mark = "turn"    // where another process takes over
	Note    Mark = "note"    // an explanation
	Command Mark = "command" // what to type
)

// String is the line without its marks.
func (l Line) String() string {
	var s string
	for _, p := range l {
		s += p.Text
	}
	return s
}
