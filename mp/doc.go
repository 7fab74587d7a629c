// Package mp starts processes, not goroutines, and lets them work together. It is
// Go's counterpart of Python's multiprocessing.
//
// # Processes
//
// A child is the same program, started again. It runs one function, its target,
// which the program registers by name in a package-level variable; main hands the
// program over to [Main]:
//
//	var greet = mp.Func("greet", func(name string) error {
//		fmt.Println("hello", name)
//		return nil
//	})
//
//	func main() { mp.Main(run) }
//
//	func run() error {
//		p, err := greet.Start("Ada")
//		if err != nil {
//			return err
//		}
//		return p.Join()
//	}
//
// Start returns at once, and Join waits for the child's end. It returns nil for
// exit code 0 and an [ExitError] otherwise: a target that returns an error exits
// with code 1, one that panics with code 2. Nothing is joined behind your back: a
// child that is not joined outlives its parent. (Python joins at exit.)
//
// [WaitAny] joins whichever of several children ends first, or says at which of several
// pipes there is something to receive. [Children] are those that run, and Named gives them
// names of their own.
//
// Go cannot fork without exec, and needs no fork here: what a target is to know is
// an argument of Start.
//
// # Memories are separate
//
// Arguments are copied. What a child changes, package-level variables included, is
// changed in the child only; it has to send it back, or to share it.
//
// # Pipes
//
// [Pipe] makes two connected ends. What one end sends, a number, a slice, a struct
// with exported fields, the other receives, whole and in order:
//
//	err := c.Send([]int{1, 2})
//	xs, err := mp.Recv[[]int](c)
//	x, err := mp.Recv[any](c) // whatever comes; see Register
//
// Recv waits for a message, and reports io.EOF once every copy of the other end is
// closed. The copy that stays behind in the parent counts: close it after Start,
// or the end is never seen. Send waits while the pipe is full: who joins a child
// before receiving its large message waits for ever. Who receives from several takes what
// comes first:
//
//	i, err := mp.WaitAny(conns...) // of type []*mp.Conn
//	x, err := mp.Recv[int](conns[i])
//
// # Shared values
//
// A [Value] is one number and an [Array] several, in memory that all processes
// see. A Get and a Set are atomic each; v.Set(v.Get()+1) is two steps, between
// which another process can come. Hold the value's lock across both:
//
//	v.Lock()
//	v.Set(v.Get() + 1)
//	v.Unlock()
//
// A [Lock] stands alone and protects what you like. Pass it to all children: a
// child that makes a lock of its own excludes nobody.
//
// # Managers
//
// A [Manager] is a process that keeps lists and dicts, of anything that can be
// sent, for others. A [List] or [Dict] is a proxy: each call is a message to the
// manager and back. Reading an entry, changing it and storing it again are several
// calls: lost updates are as possible as with a Value.
//
// # Pools
//
// A [Pool] is a number of processes that run tasks; [TaskFunc.Map] is map over
// them:
//
//	var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })
//
//	pool, err := mp.NewPool(4)
//	ys, err := square.Map(pool, []int{1, 2, 3})
//	err = pool.Close()
//
// [TaskFunc.Go] has one call made while its caller goes on, who asks for the result later:
//
//	f := square.Go(pool, 7)
//	y, err := f.Get()
//
// [TaskFunc.MapOrdered] and [TaskFunc.MapUnordered] are loops over results, which take them
// while others are still to come:
//
//	for y, err := range square.MapOrdered(pool, xs) { … }
//
// A pool that a target makes, by its NewPool, has workers that each run the target first.
// Close has all be done that was asked for; [Pool.Terminate] ends a pool at once.
//
// # And more
//
// A [Queue] takes values from many producers to many consumers; these can say of a value
// that it has been dealt with, by Done, and Wait waits until all have. [Semaphore],
// [Event], [Barrier] and [Cond] are what their namesakes elsewhere are, between
// processes. All of them, and all handles, can be arguments of Start, alone or
// inside other values, and can be sent through pipes. A struct that embeds a handle
// has its methods and may have its own, and other fields; it travels whole:
//
//	type Counter struct {
//		*mp.Value[int]
//		Step int
//	}
//
//	func (c Counter) Add() {
//		c.Lock()
//		defer c.Unlock()
//		c.Set(c.Get() + c.Step)
//	}
//
//	var count = mp.Func("count", func(c Counter) error { … })
//
// # When a process dies
//
// A process can be killed at any moment. What it shared with others stays usable:
//
//	a lock's owner       the lock passes to a waiter within a tenth of a second;
//	                     LockErr and LockTimeout say so: ErrOwnerDied
//	the last other end   Recv reports io.EOF, Send io.ErrClosedPipe
//	a sender, within a   that Recv reports io.ErrUnexpectedEOF. Messages of up to
//	long message         4,000 bytes are there whole or not at all
//	one of several       the others are told, by errors, that the pipe is broken,
//	that share an end    if it died within a message; else they just go on
//	a manager            every call reports ErrManagerGone
//	a pool's worker      its call fails with an error that names it; another takes
//	                     its place; no call is made twice
//	… by Terminate       what is under way ends with ErrPoolTerminated
//	who held a permit    a Semaphore's permit is gone with it
//	who got a value      a Queue's value is gone with it, and never done
//	who was to come      a Barrier, an Event, a Cond or a Queue's Wait waits on:
//	                     WaitTimeout doesn't
//
// Handles to objects that could not be made, because the shared memory was full,
// say so with Err, and panic when they are used; so do zero values.
//
// # Limits and needs
//
// A message has at most [MaxMessage] bytes. The shared memory has 1 GiB, of which
// only what is used takes room, and which goes away with the program's last
// process; what was shared is not given back before. A value takes 64 bytes, an
// array 8 for each element. Everything happens among processes of one program of
// one user on one machine.
//
// On Linux it needs no file system but /proc/self/exe and /dev/null, no network,
// no privilege: memfd_create for the shared memory, futexes to wait, pipes and Unix
// sockets. A pipe takes three descriptors at each end, and each child two of its
// parent's.
//
// # Platforms
//
//	                   Linux                macOS                Windows
//	starts a child     exec /proc/self/exe  exec the executable  CreateProcess
//	waits for a child  pidfd, waitid        kqueue               WaitForSingleObject
//	… for any of them  poll of pidfds       looks again          looks again
//	shared memory      memfd                unlinked file        section, 64 MiB
//	waits              futex                looks again          looks again
//	sees a dead owner  record locks         record locks         process ids
//	pipes              pipe2, socketpair    pipe, socketpair     CreatePipe
//	managers           abstract socket      socket in a folder   no
//	Conn in a message  yes                  yes                  no, but to a child
//
// Linux on amd64 is what the tests run on; on arm64 they run on an emulated machine,
// which shows no weak order of memory. Nothing was ever run on macOS or Windows. What
// macOS does differently, but for the wait for a child, is tested on Linux (-tags
// portable); Windows's examples, but for the manager's, run under Wine. On Windows use
// WSL2, and where it matters on macOS a Linux container.
package mp
