package search

import (
	"context"
	"time"
)

// systematic is the share of the time that systematic search is given, unless as much of
// the tree is finished by then. Random schedules have the rest.
const systematic = 0.5

// firstLook is the share of the time after which it is first asked how long systematic
// search will take. If there is too little time for all, random schedules come first: they
// find what is wrong in many interleavings, but not in those that come first, and the search
// goes on with what is left.
const firstLook = 0.2

// vast reports whether a search that has finished a share of its tree needs more time than
// there is.
func vast(share float64, took, left time.Duration) bool {
	return share*float64(left) < (1-share)*float64(took)
}

// systematic searches until the tree is complete or the time is over. first is how long it
// goes on before random schedules are let in, if it will take too long.
func (x *explorer) systematic(end time.Time, first time.Duration) error {
	t := newTree(x.names, x.Begin, false)
	for {
		err := x.climb(t, end, first)
		again := x.names.Restart() || t.again || t.long
		x.result.Share, x.result.Least = t.share(), t.least()
		if t.vast && err == nil && !again && !x.over() && !x.result.Lost {
			if err := x.random(time.Now().Add(time.Until(x.Until) - max(time.Until(end), 0))); err != nil || x.over() {
				return err
			}
			end, first = x.Until, 0
			t.resume()
			continue
		}
		if err != nil || x.over() || x.result.Lost || !again {
			x.result.Complete = err == nil && !x.over() && !x.result.Lost && !again && t.complete()
			return err
		}
		if t.long { // where runs merge, the search comes to an end more often: random schedules can wait
			end = x.Until.Add(-x.Until.Sub(end) * 2 / 5)
		}
		// What was explored before something was known does not count.
		x.result.Merged = 0
		deaths := t.deaths
		t = newTree(x.names, x.Begin, t.seen != nil || t.long)
		t.deaths = deaths
	}
}

// climb has the workers try choices of one tree; see systematic.
func (x *explorer) climb(t *tree, end time.Time, first time.Duration) error {
	if first > 0 {
		defer x.later(first, func() {
			if vast(t.share(), first, time.Until(x.Until)) {
				if t.seen == nil && x.memory != nil && x.mayMerge() {
					t.restart() // few runs are made then
				} else {
					t.pause()
				}
			}
		}).Stop()
	}
	defer context.AfterFunc(x.ctx, t.stop)()
	defer time.AfterFunc(time.Until(x.Until), t.stop).Stop()
	defer time.AfterFunc(time.Until(end), func() {
		if t.share() < systematic {
			t.stop()
		}
	}).Stop()
	return x.workers(func(worker int) error {
		for {
			j, ok := t.next()
			if !ok {
				return nil
			}
			b := t.branch(j)
			e, err := x.branch(t, worker, b)
			if err != nil {
				t.stop()
				return err
			}
			if e == nil {
				t.repeat()
				return nil
			}
			if b.differ != nil {
				x.differ(b.differ, b.lost)
			}
			t.finish(b, e)
			if b.met != nil {
				x.merged(e)
			}
			switch {
			case b.lost, e.Threads:
				x.differ(b.differ, true)
				t.stop()
				return nil
			case e.Ending != Asleep && !x.saw(e), t.again:
				t.stop()
				return nil
			case t.many() && x.mayMerge():
				t.restart()
				return nil
			}
		}
	})
}
