// # From Python
//
// What Python's multiprocessing has, and what stands here for it. "Differs" says how,
// "lacks" why.
//
//	Process(target=f, args=(a, b))   f := Func2("f", …) in a package-level variable; f.Start(a, b)
//	name=                            f.Named("Ada").Start(a, b)
//	daemon=                          lacks: nobody is ended behind anybody's back; Terminate those of Children
//	run, a class of one's own        lacks: a target is a function
//	start, join, is_alive            Start, Process.Join, JoinTimeout, Alive
//	exitcode, pid, ident, name       Process.ExitCode, PID, Name; Join returns an ExitError
//	terminate, kill, interrupt       Process.Terminate, Kill, Interrupt
//	close                            differs: Join gives back all that a process took
//	sentinel, connection.wait        differs: WaitAny, of processes, connections or both, names the first that
//	                                   is there, and has no timeout
//	authkey, AuthenticationError     lacks: nothing is reached from outside the program
//	current_process, parent_process  Current; of the parent os.Getppid
//	active_children                  differs: Children has no workers of pools and no managers
//	cpu_count                        differs: CPUCount is Python's process_cpu_count
//	freeze_support                   differs: main is Main(run), always
//	get_context, get_start_method,   lacks: there is one way, the program started again, as Python's
//	set_start_method, set_executable,  spawn does; a child knows what its arguments say
//	get_all_start_methods,
//	set_forkserver_preload
//	the end of a program             differs: nothing is joined that the program does not join
//
//	Pipe                             Pipe: both ways; close the ends that you do not use
//	send, recv, poll, close          Conn.Send, Recv, Poll, Close; EOFError is io.EOF
//	send_bytes, recv_bytes,          Conn.Send of a []byte, Conn.Recv into a *[]byte
//	recv_bytes_into
//	fileno, readable, writable       lacks: an end is three descriptors, and goes both ways
//	BufferTooShort                   lacks: what is received makes its own room
//	Listener, Client                 lacks: for other programs and machines there is package net
//	Queue, SimpleQueue               differs: NewQueue[T](capacity), never without a bound; Put is done when it
//	                                   returns, so there is no feeder thread, join_thread, cancel_join_thread
//	put, get, with block, timeout    Queue.Put, Get, PutTimeout, GetTimeout; of 0 for put_nowait, get_nowait
//	qsize, empty, full               differs: Queue.Len, which is exact
//	Queue.close                      differs: Queue.Close closes it for all; who gets finds io.EOF
//	JoinableQueue                    every Queue: Queue.Done is task_done, Queue.Wait and WaitTimeout are join
//
//	Lock                             Lock: Lock, TryLock, LockTimeout, Unlock, by the owner only; if it dies,
//	                                   the next is told: ErrOwnerDied (Python's waits for ever)
//	RLock                            lacks: taking a lock twice is a mistake that can be seen
//	                                 more here: RWLock
//	Semaphore                        Semaphore: Acquire, TryAcquire, AcquireTimeout, Release
//	BoundedSemaphore                 lacks: nothing counts whose permits there are
//	Event                            Event: Set, Clear, IsSet, Wait, WaitTimeout
//	Condition                        Cond, of a Lock: Wait, WaitTimeout, Signal (notify), Broadcast (notify_all);
//	                                   for wait_for, a loop
//	Barrier                          differs: Barrier.Wait, WaitTimeout, which breaks it; no action, abort, reset
//	with lock:                       l.Lock(); defer l.Unlock()
//
//	Value, RawValue                  Value[T], of a number: Get, Set, and its lock, which no one has to use
//	Array, RawArray                  Array[T], of numbers: Get(i), Set(i, x), Len, and its lock; no slices
//	sharedctypes                     lacks: structs go into a manager or through a pipe
//	shared_memory, ShareableList,    lacks: blocks without an owner outlive programs; what is shared here
//	SharedMemoryManager                goes with the last process
//
//	Manager                          NewManager; Manager.Close; each call is whole, and ErrManagerGone says
//	                                   that its process is gone
//	list: l[i], l[i] = x, len, append,  List.Get, Set, Len, Append,
//	extend, insert, pop(i), index,   Extend, Insert, Remove, Index,
//	sort                             Sort; a copy is All
//	list: remove(x), count, reverse, lacks: All, and Set or Remove under a Lock
//	slices, + and *
//	dict: d[k], d[k] = x, del, len,  Dict.Get, Set, Delete, Len,
//	get, pop, setdefault, update     Get, Pop, SetDefault, Update
//	dict: keys, items, values, copy  Dict.Keys, All
//	dict: clear, popitem             lacks: Keys, and Pop of each
//	Namespace                        NewNamespace: a Dict[string, any], of types that Register names
//	Value, Array, Lock, Queue, …     differs: those above need no manager
//	  of a manager
//	proxies in proxies               List and Dict can be kept in others
//	BaseManager.register, remote     lacks: a manager keeps lists and dicts, on this machine
//	managers
//
//	Pool(n), Pool()                  NewPool(n), NewPool(0); several maps may share it
//	map, chunksize=                  TaskFunc.Map, TaskFunc.MapChunks
//	imap, imap_unordered             TaskFunc.MapOrdered, TaskFunc.MapUnordered: loops that may be left; the
//	                                   arguments are a slice, and chunks have the size that suits
//	starmap                          differs: an argument is one value: a struct
//	apply_async, AsyncResult.get     TaskFunc.Go, Future.Get; the argument is copied at once
//	apply                            differs: Go, and Get at once
//	ready, wait, successful          differs: Future.GetTimeout, and its error
//	callback=, error_callback=       lacks: a goroutine that gets
//	map_async, starmap_async         lacks: a Go for each argument, whose results are got in order
//	close and join                   Pool.Close
//	terminate                        Pool.Terminate; who waits for a result gets an error (Python's waits for ever)
//	with Pool(n) as pool:            defer pool.Terminate(), as with ends in Python, or Close
//	initializer=, initargs=          f := Func("f", …); f.NewPool(n, a)
//	maxtasksperchild=                lacks: nothing leaks that a task does not keep
//	a worker dies                    differs: its call fails with an error (Python's map waits for ever)
//	ThreadPool, dummy                lacks: goroutines
//
//	TimeoutError                     differs: what waits for a time returns false, and no error
//	ProcessError                     ExitError, TaskError and the package's Err… variables
//	get_logger, log_to_stderr        lacks: a child's standard error is its parent's
//	allow_connection_pickling,       lacks: a type travels if its fields are exported, or as it marshals
//	reducer                            itself
package mp
