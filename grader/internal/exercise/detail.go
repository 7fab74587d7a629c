package exercise

import (
	"errors"
	"slices"
	"time"
)

// Detail is how much is told of a failure.
type Detail string

const (
	Full  Detail = "full"  // all that was seen
	Kinds Detail = "kinds" // of which kind it is: "the stdout is wrong"
	None  Detail = "none"  // that it fails
)

// Details are the levels that there are, each telling less than the one before.
var Details = []Detail{Full, Kinds, None}

// ParseDetail reads a level. The error says which there are.
func ParseDetail(text string) (Detail, error) {
	if !slices.Contains(Details, Detail(text)) {
		return "", errors.New("full, kinds or none")
	}
	return Detail(text), nil
}

func (d *Detail) parse(text string) (err error) {
	*d, err = ParseDetail(text)
	return err
}

// Less reports whether d tells less than another level. One that is not given tells all.
func (d Detail) Less(o Detail) bool {
	return slices.Index(Details, d) > max(0, slices.Index(Details, o))
}

// Moment is a point in time, written with its zone: "2026-12-24T18:00:00+01:00".
type Moment struct{ time.Time }

func (m *Moment) parse(text string) (err error) {
	if m.Time, err = time.Parse(time.RFC3339, text); err != nil {
		return errors.New("a time with its zone such as 2026-12-24T18:00:00+01:00")
	}
	return nil
}

// Detail is how much a check's failure tells before its exercise's Reveal.
func (e *Exercise) Detail(c *Check) Detail {
	if e.Revealed {
		return Full
	}
	own := c.Detail
	if own == "" && c.Hidden {
		own = Kinds
	}
	if e.Course != nil && e.Course.Detail.Less(own) {
		own = e.Course.Detail
	}
	return own
}

// reveal applies what is said of a course's exercise as a whole, and shows what was hidden
// until now or earlier.
func (e *Exercise) reveal(now time.Time) {
	if e.Reveal.IsZero() && e.Course != nil {
		e.Reveal = e.Course.Reveal
	}
	e.Revealed = !e.Reveal.IsZero() && !now.Before(e.Reveal.Time)
	if e.Revealed {
		for i := range e.Checks {
			e.Checks[i].Hidden = false
		}
	}
}
