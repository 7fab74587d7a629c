//go:build unix

package box

import (
	"errors"
	"os"
	"path/filepath"
)

// place is where init runs its orders.
type place struct {
	setup Setup
	dir   string  // a private folder of the host's, while there is no private root
	trace *tracer // watches the runs
}

// settle makes the place that the setup asks for.
func settle(s Setup) (*place, error) {
	if s.Tier != "" && s.Tier != TierD {
		return nil, &failure{Stage: "set up a box of tier " + string(s.Tier), Text: "it is not built yet"}
	}
	if err := prepare(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lockstep-box-")
	if err != nil {
		return nil, err
	}
	p := &place{setup: s, dir: dir, trace: newTracer()}
	if err := p.wipe(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *place) state() state {
	return state{Tier: TierD}
}

// wipe leaves the place as a run must find it.
func (p *place) wipe() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(p.dir, e.Name())); err != nil {
			return err
		}
	}
	return os.Mkdir(filepath.Join(p.dir, "work"), 0o700)
}

// clear takes the place down.
func (p *place) clear() { os.RemoveAll(p.dir) }

// run runs one order to its end.
func (p *place) run(o order, files []*os.File, cut <-chan Hit, gone <-chan struct{}) (*Observation, error) {
	if o.Dir == "" {
		o.Dir = filepath.Join(p.dir, "work")
	}
	if !p.setup.Polling {
		seen, err := p.trace.run(o, files, cut, gone)
		if !errors.Is(err, errUntraceable) {
			return seen, err
		}
		p.setup.Polling = true
	}
	return poll(o, files, cut, gone)
}
