package report

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/explore"
)

// Sizes of the picture of who waits for whom, in the SVG's own units.
const (
	waitsWidth   = 760.0
	waiterWidth  = 210.0
	awaitedLeft  = 458.0
	waitsPitch   = 54.0
	nodeHeight   = 38.0
	awaitedRunes = 36
	whyRunes     = 50
	mostWaits    = 24 // that are drawn; the words beside have all
)

// waitsFor is who waits for what, and who has it: processes on the left, what they wait for
// on the right. Where the arrows lead round in a circle, nobody ever goes on.
type waitsFor struct {
	ID, Says      string
	Width, Height float64
	Nodes         []waitNode
	Arrows        []stroke
	More          int // processes that are not drawn
}

// waitNode is a process, or what one waits for.
type waitNode struct {
	Class      string
	X, Y       float64
	Width      float64
	Name, Says string
	Title      string // of what has no room
}

// newWaitsFor draws what words, a line for each of a failure's waits, say of them; nil: none
// of these is for another process.
func newWaitsFor(id string, f *explore.Failure, words []string) *waitsFor {
	rows := waitRows(f)
	if !slices.ContainsFunc(rows, func(w explore.Wait) bool { return len(w.On) > 0 }) {
		return nil
	}
	g := &waitsFor{ID: id, Says: strings.Join(words, ". ") + ".", Width: waitsWidth, More: max(len(rows)-mostWaits, 0)}
	rows = rows[:len(rows)-g.More]
	at := map[int]int{} // by column, the place on the left
	process := func(column int, says string) {
		if _, drawn := at[column]; drawn {
			return
		}
		at[column] = len(at)
		g.Nodes = append(g.Nodes, waitNode{"waiter", 8, nodeTop(at[column]), waiterWidth, Escape(columnTitle(f, column), nameRunes), says, columnTitle(f, column)})
	}
	for _, w := range rows {
		process(w.Column, w.Site.String())
	}
	things := map[string]int{}
	for _, w := range rows {
		thing := fmt.Sprintln(w.For, w.Why, w.On)
		n, drawn := things[thing]
		if !drawn {
			n = len(things)
			things[thing] = n
			g.Nodes = append(g.Nodes, waitNode{"awaited", awaitedLeft, nodeTop(n), waitsWidth - awaitedLeft - 8, Escape(w.For, awaitedRunes), Escape(w.Why, whyRunes), why(w.For, w.Why)})
			for _, column := range w.On {
				process(column, "")
				g.arrow("held", awaitedLeft, nodeTop(n)+26, 8+waiterWidth, nodeTop(at[column])+26, columnTitle(f, column)+" could let it go on")
			}
		}
		g.arrow("waits", 8+waiterWidth, nodeTop(at[w.Column])+13, awaitedLeft, nodeTop(n)+13, columnTitle(f, w.Column)+" waits for "+w.For)
	}
	g.Height = nodeTop(max(len(at), len(things)))
	return g
}

func nodeTop(n int) float64 { return 8 + waitsPitch*float64(n) }

func (g *waitsFor) arrow(class string, x1, y1, x2, y2 float64, title string) {
	g.Arrows = append(g.Arrows, stroke{class, fmt.Sprintf("M%.0f %.0f L%.0f %.0f", x1, y1, x2, y2), Escape(title, mostPageRunes), ""})
}
