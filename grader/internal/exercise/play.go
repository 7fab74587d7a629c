package exercise

import "fmt"

// Goal is something that can be brought about in an interleaving.
type Goal string

const (
	LosesUpdate Goal = "lost update"   // a write overwrites one that its process has not seen
	HasRace     Goal = "data race"     // two use one thing, one writes, and nothing orders them
	Deadlocks   Goal = "deadlock"      // processes wait for each other
	GoesWrong   Goal = "wrong outcome" // the run ends, and what the check expects does not hold
)

var goals = []string{string(LosesUpdate), string(HasRace), string(Deadlocks), string(GoesWrong)}

// mostTimes is more than an interleaving has room for that a person goes through.
const mostTimes = 9

func (d *decoder) validatePlay(c *Check, p *Play, where string) {
	if c.Races == nil {
		d.at(p, "%s is of interleavings: give the check races", where)
	}
	d.between(&p.Times, where+".times", 1, mostTimes)
	if _, given := d.places[&p.Goal]; !given {
		return // as was said
	}
	if among(d, &p.Goal, where+".goal", goals...) && p.Times > 1 && p.Goal != LosesUpdate {
		d.at(&p.Times, "%s.times: only lost updates are counted", where)
	}
}

// Words say to a person what is to be brought about.
func (p *Play) Words() string {
	switch p.Goal {
	case LosesUpdate:
		if p.Times > 1 {
			return fmt.Sprintf("lose %d updates", p.Times)
		}
		return "lose an update"
	case HasRace:
		return "have two processes use the same thing, one of them writing, in an order that nothing makes sure of"
	case Deadlocks:
		return "make processes wait for each other"
	}
	return "make the program come to a wrong end"
}
