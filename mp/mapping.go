package mp

import (
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A span is consecutive arguments of a map.
type span struct{ from, to int }

// A mapping is one map under way. It deals out spans of arguments to workers.
type mapping struct {
	task   string
	total  int
	size   int // of a chunk; 0: as seems best
	encode func(*encoder, span) error
	decode func(*decoder, span) error
	report func(int, error)

	pace *atomic.Int64 // nanoseconds that a call took lately; 0 while unknown

	mu    sync.Mutex
	next  int    // the first argument that no worker has had
	again []span // arguments that a dead worker never began
	left  int    // arguments without a result
	known bool   // pace is of this map
	ended bool
	done  chan struct{} // closed when nothing is left to deal or to come
}

// worthwhile is how long the calls of one chunk should take: long beside what it
// costs to send a chunk, and short beside what people notice.
const worthwhile = 300 * time.Microsecond

// deal takes the next chunk for one of n workers.
func (m *mapping) deal(n int) (span, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := len(m.again); k > 0 {
		s := m.again[k-1]
		m.again = m.again[:k-1]
		return s, true
	}
	if m.ended || m.next == m.total {
		return span{}, false
	}
	s := span{m.next, min(m.next+m.chunk(n), m.total)}
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

// took notes how long the calls of a chunk took.
func (m *mapping) took(d time.Duration, calls int) {
	m.pace.Store(max(int64(d)/int64(max(calls, 1)), 1))
	m.mu.Lock()
	m.known = true
	m.mu.Unlock()
}

// settled counts calls whose results have come or never will.
func (m *mapping) settled(calls int) {
	m.mu.Lock()
	if m.left -= calls; m.left == 0 && !m.ended {
		m.ended = true
		close(m.done)
	}
	m.mu.Unlock()
}

// putBack returns arguments that were dealt to a worker which never began them.
func (m *mapping) putBack(s span) {
	if s.from >= s.to {
		return
	}
	m.mu.Lock()
	if m.ended {
		m.mu.Unlock()
		return
	}
	m.again = append(m.again, s)
	m.mu.Unlock()
}

// stop deals no more.
func (m *mapping) stop() {
	m.mu.Lock()
	if !m.ended {
		m.ended = true
		close(m.done)
	}
	m.mu.Unlock()
}

func (m *mapping) fail(i int, err error) error { return &TaskError{Task: m.task, Index: i, Err: err} }

func putTime(b []byte, d time.Duration) { binary.LittleEndian.PutUint64(b, uint64(d)) }

func (d *decoder) time() (time.Duration, error) {
	x, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return time.Duration(min(binary.LittleEndian.Uint64(x), math.MaxInt64)), nil
}
