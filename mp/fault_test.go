//go:build linux || darwin

package mp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// faultsVariable is how many times TestFaults kills somebody: `make fault` does
// it a thousand times.
const (
	faultsVariable = "MP_FAULTS"
	fewFaults      = 30
	faultSeed      = 20261125
)

var faults = []struct {
	name string
	run  func(*fault)
}{
	{"owner", killOwner}, {"manager", killManager}, {"worker", killWorker}, {"sender", killSender}, {"receiver", killReceiver},
	{"pool", terminatePool}, {"queue", killQueueUser}, {"dict", killDictUser}, {"readers and writers", killRWLockUser},
	{"one of several", killOneOfSeveral},
}

// patience at the end of a round: far more than the takeover, for busy machines.
const faultPatience = 20 * time.Second

// TestFaults kills lock owners, managers, workers, whole pools, either end of pipes, one of
// several whose answers are waited for, and those who use a queue, a dict or a readers–writer
// lock, at random moments. Nobody may hang,
// nothing that was acknowledged may be lost or doubled, and nothing may be left over.
func TestFaults(t *testing.T) {
	times := fewFaults
	if testing.Short() {
		times = len(faults)
	}
	if s := os.Getenv(faultsVariable); s != "" {
		var err error
		if times, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(faultSeed, 0))
	for _, kind := range faults { // what is made once is there before anything is counted
		kind.run(&fault{t, rng, "warming up: " + kind.name})
	}
	before := openDescriptors(t)
	for i := range times {
		kind := faults[i%len(faults)]
		kind.run(&fault{t, rng, fmt.Sprintf("round %d: %s", i, kind.name)})
		if t.Failed() {
			t.FailNow()
		}
	}
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

func openDescriptors(t *testing.T) int {
	dir, err := os.ReadDir("/dev/fd") // Linux and darwin both have it
	if err != nil {
		t.Fatalf("cannot tell which descriptors are open: %v", err)
	}
	return len(dir)
}

// A fault is one round.
type fault struct {
	*testing.T
	rng  *rand.Rand
	what string
}

func (f *fault) fail(format string, args ...any) {
	f.Helper()
	f.Errorf("%s: %s", f.what, fmt.Sprintf(format, args...))
}

func (f *fault) check(err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("%s: %v", f.what, err)
	}
}

// moment waits for a random time: children come up in one or two milliseconds.
func (f *fault) moment() { time.Sleep(time.Duration(f.rng.IntN(6000)) * time.Microsecond) }

// kill kills p at a random moment.
func (f *fault) kill(p *Process) {
	f.moment()
	f.check(p.Kill())
}

// join joins a process that must end by itself.
func (f *fault) join(p *Process) error {
	f.Helper()
	done, err := p.JoinTimeout(faultPatience)
	if !done {
		p.Kill()
		p.Join()
		f.Fatalf("%s: %s hangs", f.what, p.Name())
	}
	return err
}

// buried joins the process that was killed.
func (f *fault) buried(p *Process) {
	f.Helper()
	var e *ExitError
	if err := f.join(p); !errors.As(err, &e) || e.Signal != syscall.SIGKILL {
		f.fail("%s was killed: %v", p.Name(), err)
	}
}

// within has what may hang done in time.
func (f *fault) within(what string, do func()) {
	f.Helper()
	done := make(chan bool)
	go func() { do(); close(done) }()
	select {
	case <-done:
	case <-time.After(faultPatience):
		f.Fatalf("%s: %s hangs", f.what, what)
	}
}

// Each worker counts in an element of its own and then in the total, which is
// what the lock protects. Who takes over from a dead owner makes up for what it
// left undone.
var faultCounts = Func4("fault counts", func(l *Lock, a *Array[int], me int, stop *Event) error {
	for !stop.IsSet() {
		err := faultLock(l, me)
		if err != nil && err != ErrOwnerDied {
			return err
		}
		if err == ErrOwnerDied {
			sum := 0
			for i := 1; i < a.Len(); i++ {
				sum += a.Get(i)
			}
			a.Set(0, sum)
		}
		a.Set(me, a.Get(me)+1)
		a.Set(0, a.Get(0)+1)
		l.Unlock()
	}
	return nil
})

// faultLock takes a lock, or gives up and tries again until it has it.
func faultLock(l *Lock, me int) error {
	if me%2 != 0 {
		return l.LockErr()
	}
	for {
		if ok, err := l.LockTimeout(50 * time.Microsecond); ok || err != nil {
			return err
		}
	}
}

func killOwner(f *fault) {
	const workers = 3
	l, a, stop := NewLock(), NewArray[int](workers+1), NewEvent()
	var ps []*Process
	for i := range workers {
		p, err := faultCounts.Start(l, a, i+1, stop)
		f.check(err)
		ps = append(ps, p)
	}
	f.kill(ps[0])
	f.within("a wait for any", func() {
		if i, err := WaitAny(ps[2], ps[1], ps[0]); i != 2 || err == nil {
			f.fail("of three, the third was killed, and not %d: %v", i, err)
		}
	})
	f.buried(ps[0])
	at := a.Get(2) + a.Get(3)
	f.within("the others' counting", func() {
		for a.Get(2)+a.Get(3) == at {
			time.Sleep(50 * time.Microsecond)
		}
	})
	stop.Set()
	for _, p := range ps[1:] {
		f.check(f.join(p))
	}
	if err := l.LockErr(); err != nil {
		f.fail("the lock at the end: %v", err)
	}
	if sum := a.Get(1) + a.Get(2) + a.Get(3); a.Get(0) != sum {
		f.fail("counted to %d together, and to %d", sum, a.Get(0))
	}
}

// A client of a manager tells what it has been told.
var faultSets = Func3("fault sets", func(d *Dict[int, int], me int, acknowledged *Array[int]) error {
	for i := 1; ; i++ {
		set, get := d.Set, d.Get
		if i%2 == 0 {
			set = func(k, x int) error { return d.Update(map[int]int{k: x}) }
			get = func(k int) (int, bool, error) { return d.SetDefault(k, -1) }
		}
		if err := set(me, i); errors.Is(err, ErrManagerGone) {
			return nil
		} else if err != nil {
			return err
		}
		acknowledged.Set(me, i)
		if x, ok, err := get(me); errors.Is(err, ErrManagerGone) {
			return nil
		} else if err != nil || !ok || x != i {
			return fmt.Errorf("set %d and got %d, %v, %v", i, x, ok, err)
		}
	}
})

func killManager(f *fault) {
	m, err := NewManager()
	f.check(err)
	d, err := NewDict[int, int](m)
	f.check(err)
	acknowledged := NewArray[int](2)
	var ps []*Process
	for i := range 2 {
		p, err := faultSets.Start(d, i, acknowledged)
		f.check(err)
		ps = append(ps, p)
	}
	f.kill(m.server)
	for _, p := range ps {
		f.check(f.join(p))
	}
	f.within("a call to a dead manager", func() {
		if _, err := d.Len(); !errors.Is(err, ErrManagerGone) {
			f.fail("a call to a dead manager: %v", err)
		}
	})
	f.within("the manager's Close", func() {
		var e *ExitError
		if err := m.Close(); !errors.As(err, &e) || e.Signal != syscall.SIGKILL {
			f.fail("the manager was killed: %v", err)
		}
	})
}

// A numbered message says who sent it, and is full of that.
func numbered(me, n, size int) []byte {
	b := bytes.Repeat([]byte{byte(me)}, 16+size)
	binary.LittleEndian.PutUint64(b, uint64(me))
	binary.LittleEndian.PutUint64(b[8:], uint64(n))
	return b
}

func number(b []byte) (me, n int, whole bool) {
	if len(b) < 16 {
		return 0, 0, false
	}
	me, n = int(binary.LittleEndian.Uint64(b)), int(binary.LittleEndian.Uint64(b[8:]))
	return me, n, bytes.Equal(b, numbered(me, n, len(b)-16))
}

// faultSizes make messages go every way that there is.
var faultSizes = []int{0, 100, 3000, 10, 60000, 300000, 1500000}

var faultSends = Func3("fault sends", func(c *Conn, me int, acknowledged *Array[int]) error {
	for i := 1; ; i++ {
		if err := c.Send(numbered(me, i, faultSizes[(i+me)%len(faultSizes)])); err != nil {
			return nil // the end of the pipe, or a broken one
		}
		acknowledged.Set(me, i)
	}
})

// Two senders share an end, and one of them is killed.
func killSender(f *fault) {
	a, b, err := Pipe()
	f.check(err)
	acknowledged, got := NewArray[int](2), make([]int, 2)
	var ps []*Process
	for i := range 2 {
		p, err := faultSends.Start(b, i, acknowledged)
		f.check(err)
		ps = append(ps, p)
	}
	f.check(b.Close())
	f.moment()
	killed := false
	pause := f.rng.IntN(100)
	f.within("receiving", func() {
		for i := 0; ; i++ {
			if i == pause {
				killed = true
				f.check(ps[0].Kill())
			}
			if i == 4*pause+100 {
				ps[1].Kill() // it would send for ever
			}
			m, err := Recv[[]byte](a)
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errBroken) {
					f.fail("receiving: %v", err)
				}
				return
			}
			me, n, whole := number(m)
			if !whole || n != got[me]+1 {
				f.fail("message %d of sender %d after %d, whole: %v", n, me, got[me], whole)
				return
			}
			got[me] = n
		}
	})
	if !killed {
		f.check(ps[0].Kill())
	}
	f.check(a.Close())
	for _, p := range ps {
		f.join(p)
	}
	for i, n := range got {
		if acknowledged.Get(i) > n {
			f.fail("sender %d was told that %d messages went, %d arrived", i, acknowledged.Get(i), n)
		}
	}
}

// A receiver says of every message that it has come.
var faultReceives = Func3("fault receives", func(c *Conn, came *Array[int], broken *Event) error {
	for {
		m, err := Recv[[]byte](c)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			broken.Set()
			return nil
		}
		_, n, whole := number(m)
		if !whole {
			return errors.New("a message is mixed up")
		}
		came.Lock()
		came.Set(n, came.Get(n)+1)
		came.Unlock()
	}
})

// Two receivers share an end, and one of them is killed.
func killReceiver(f *fault) {
	const messages = 60
	a, b, err := Pipe()
	f.check(err)
	came, broken := NewArray[int](messages+1), NewEvent()
	var ps []*Process
	for range 2 {
		p, err := faultReceives.Start(b, came, broken)
		f.check(err)
		ps = append(ps, p)
	}
	f.check(b.Close())
	victim := f.rng.IntN(messages)
	pause := time.Duration(f.rng.IntN(2000)) * time.Microsecond
	sent := 0
	f.within("sending", func() {
		for i := 1; i <= messages; i++ {
			if i == victim+1 {
				time.Sleep(pause)
				f.check(ps[0].Kill())
			}
			if err := a.Send(numbered(1, i, faultSizes[i%len(faultSizes)])); err != nil {
				if !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, errBroken) {
					f.fail("sending: %v", err)
				}
				break
			}
			sent = i
		}
	})
	f.check(ps[0].Kill())
	f.check(a.Close())
	for i, p := range ps {
		if err := f.join(p); i == 1 && err != nil {
			f.fail("the other receiver: %v", err)
		}
	}
	missing := 0
	for i := 1; i <= sent; i++ {
		switch n := came.Get(i); {
		case n > 1:
			f.fail("message %d came %d times", i, n)
		case n == 0:
			missing++
		}
	}
	if missing > 1 && !broken.IsSet() {
		f.fail("%d of %d messages are missing; the dead receiver may have had one", missing, sent)
	}
}

var faultAnswers = Func2("fault answers", func(c *Conn, me int) error {
	for {
		n, err := Recv[int](c)
		if err != nil {
			return nil // the end of the pipe
		}
		if err := c.Send(numbered(me, n, faultSizes[(n+me)%len(faultSizes)])); err != nil {
			return err
		}
	}
})

// Several answer, each at a pipe of its own, and one of them is killed while its parent
// waits for any answer and for any end.
func killOneOfSeveral(f *fault) {
	const workers, victim, more = 3, 1, 5
	var ps []*Process
	var ends []*Conn
	var all []Waitable
	asked, at := make([]int, workers), 0
	who := map[Waitable]int{}
	ask := func(i int) {
		asked[i]++
		if err := ends[i].Send(asked[i]); err != nil && (i != victim || !errors.Is(err, io.ErrClosedPipe)) {
			f.fail("asking %d: %v", i, err)
		}
	}
	for i := range workers {
		a, b, err := Pipe()
		f.check(err)
		p, err := faultAnswers.Start(b, i)
		f.check(err)
		f.check(b.Close())
		ps, ends, all = append(ps, p), append(ends, a), append(all, a, p)
		who[a], who[p] = i, i
		ask(i)
	}
	killed := make(chan error, 1)
	moment := time.Duration(f.rng.IntN(6000)) * time.Microsecond
	go func() {
		time.Sleep(moment)
		killed <- ps[victim].Kill()
	}()
	gone := 0 // of the victim and its end
	f.within("waiting for any of several", func() {
		for len(all) > 0 {
			k, err := WaitAny(all...)
			if k < 0 {
				f.fail("waiting: %v", err)
				return
			}
			w := all[k]
			i := who[w]
			all = append(append(all[:k:k], all[k+1:]...), w) // whoever comes first is last now
			p, c := w.awaited()
			if p != nil {
				all = all[:len(all)-1]
				if i == victim {
					gone++
				} else if err != nil {
					f.fail("who was not killed: %v", err)
				}
				continue
			}
			m, err := Recv[[]byte](c)
			switch me, n, whole := number(m); {
			case err != nil:
				if i != victim {
					f.fail("receiving from one that was not killed: %v", err)
				}
				gone++
				all = all[:len(all)-1]
			case me != i || n != asked[i] || !whole:
				f.fail("answer %d of %d to question %d of %d, whole: %v", n, me, asked[i], i, whole)
				return
			case gone == 2 && at == 0:
				at = n
				ask(i)
			case gone == 2 && n >= at+more: // they went on
				f.check(c.Close())
				all = all[:len(all)-1]
			default:
				ask(i)
			}
		}
	})
	f.check(<-killed)
	f.buried(ps[victim])
	f.check(ends[victim].Close())
	if gone != 2 {
		f.fail("of the one that was killed and its end, %d came", gone)
	}
}

func TestTooLarge(t *testing.T) {
	a, b, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	huge, err := syscall.Mmap(-1, 0, MaxMessage+1, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(huge)
	const want = "cannot send: the message takes 1073741824 bytes, more than 1073741823"
	if err := a.Send(huge); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
