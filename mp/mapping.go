package mp

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// A span is consecutive arguments of a map.
type span struct{ from, to int }

// A mapping is one map under way, or one call of Go. What its pool keeps of it is guarded
// by the pool's mu.
type mapping struct {
	what   string // is done with the task: "map"
	task   string
	first  int // the number of its first argument, as the task's errors have it
	total  int
	size   int  // of a chunk; 0: as seems best
	loops  bool // results wait for a loop, of which workers keep only a little ahead
	encode func(*encoder, span) error
	decode func(*decoder, span) error
	report func(int, error)
	done   chan struct{} // closed when nothing is left to deal or to come

	pace *atomic.Int64 // nanoseconds that a call took lately; 0 while unknown

	next    int    // the first argument that no worker has had
	again   []span // arguments that a dead worker never began
	running int    // chunks that workers have
	taken   int    // results that the loop has had
	known   bool   // pace is of this map
	stopped bool   // no more is dealt
	lost    bool   // … because its pool has been terminated: that is reported last
}

// worthwhile is how long the calls of one chunk should take: long beside what it
// costs to send a chunk, and short beside what people notice.
const worthwhile = 300 * time.Microsecond

// more reports whether there is something left to deal.
func (m *mapping) more() bool { return !m.stopped && (len(m.again) > 0 || m.next < m.total) }

// deal takes the next chunk for one of n workers; false: there is none, or it has to wait
// for the loop. Nothing waits for a loop when the pool is being closed.
func (m *mapping) deal(n int, closing bool) (s span, ok bool) {
	if k := len(m.again); k > 0 {
		s, m.again = m.again[k-1], m.again[:k-1]
		return s, true
	}
	size := m.chunk(n)
	if m.next == m.total || m.loops && !closing && m.next-m.taken > 2*n*size {
		return span{}, false
	}
	s = span{m.next, min(m.next+size, m.total)}
	m.next = s.to
	return s, true
}

// chunk returns how many arguments one of n workers gets next. What calls took in
// maps before is only a hint: until a chunk of this one is back, nobody gets more
// than a quarter of an equal share.
func (m *mapping) chunk(n int) int {
	if m.size > 0 {
		return m.size
	}
	perCall := time.Duration(m.pace.Load())
	if observed || perCall == 0 {
		return 1 // under observation, nothing may depend on how long calls take
	}
	share := (m.total + n - 1) / n
	most := (share + 1) / 2
	switch {
	case !m.known:
		most = (share + 3) / 4
	case perCall*time.Duration(share) <= worthwhile:
		most = share // workers that wait for one another cost less than messages
	}
	return max(1, min(most, int(worthwhile/perCall)))
}

// cut deals no more of a map whose pool has been terminated.
func (m *mapping) cut() {
	m.lost = m.lost || !m.stopped
	m.stopped = true
}

// finish closes done if nothing is left.
func (m *mapping) finish() {
	if m.running > 0 || m.more() {
		return
	}
	select {
	case <-m.done:
	default:
		if m.lost {
			m.report(m.total, m.refused(ErrPoolTerminated))
		}
		close(m.done)
	}
}

// refused is the error of a map that can't be made, or not to its end.
func (m *mapping) refused(err error) error {
	return fmt.Errorf("cannot %s %s: %w", m.what, m.task, err)
}

func (m *mapping) fail(i int, err error) error {
	return &TaskError{Task: m.task, Index: m.first + i, Err: err}
}

func putTime(b []byte, d time.Duration) { binary.LittleEndian.PutUint64(b, uint64(d)) }

func (d *decoder) time() (time.Duration, error) {
	x, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return time.Duration(min(binary.LittleEndian.Uint64(x), math.MaxInt64)), nil
}
