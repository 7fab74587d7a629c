package mp

import (
	"sync/atomic"

	"lockstep/mp/internal/shm"
)

// A bell is rung when something has changed in memory that processes share. Who dies
// asleep is woken in vain.
type bell struct{ rings, sleepers atomic.Uint32 }

// ring wakes at most n of those who sleep.
func (b *bell) ring(n int) {
	b.rings.Add(1)
	if b.sleepers.Load() > 0 {
		shm.Wake(&b.rings, n)
	}
}

// looks is how often one looks before one sleeps. A piece is copied in about that time.
const looks = 2000

// wait waits until ready.
func (b *bell) wait(ready func() bool, gone func() error) error {
	for range looks {
		if ready() {
			return nil
		}
	}
	b.sleepers.Add(1)
	defer b.sleepers.Add(^uint32(0))
	for {
		seen := b.rings.Load()
		if ready() {
			return nil
		}
		if !shm.Sleep(&b.rings, seen, shm.Takeover) {
			continue
		}
		err := gone() // asked first: what a dead one did can be seen now
		if ready() {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
