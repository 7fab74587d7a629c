"""The same work as this folder's Go program does, by Python's multiprocessing.

    python3 bench.py METHOD ROW

METHOD is fork or spawn. One number is printed, in the row's unit.
"""

import multiprocessing
import sys
import time


def nothing():
    pass


def square(n):
    return n * n


def heavy(n):
    x = n
    for _ in range(1_000_000):
        x = (x * 1103515245 + 12345) % 2147483648
    return x


def increments(v, ready, go, stop):
    with ready.get_lock():
        ready.value += 1
    go.wait()
    while not stop.value:
        for _ in range(1000):
            with v.get_lock():
                v.value += 1


def echo(c):
    while True:
        x = c.recv()
        if x is None:
            return
        c.send(x)


def pour(c, times):
    b = b"\1" * (1 << 20)
    for _ in range(times):
        c.send_bytes(b)


def sets(d, ready, go, times):
    with ready.get_lock():
        ready.value += 1
    go.wait()
    for i in range(times):
        d[i % 100] = i


def peak(c):
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            c.send(int(line.split()[1]) / 1024)


def queued(q, times):
    for i in range(times):
        q.put(i)


def per(times, unit, work):
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) * unit / times


def start_join(mp):
    def once():
        p = mp.Process(target=nothing)
        p.start()
        p.join()

    once()
    return per(100 if mp.get_start_method() == "fork" else 10, 1e3, once)


def pool_first(mp):
    best = []
    for _ in range(5):
        begin = time.perf_counter()
        pool = mp.Pool(4)
        pool.map(square, [1, 2, 3, 4, 5])
        best.append((time.perf_counter() - begin) * 1e3)
        pool.terminate()
        pool.join()
    return sorted(best)[2]


def pool_tiny(mp):
    with mp.Pool(4) as pool:
        xs = list(range(1000))
        for _ in range(20):
            pool.map(square, xs)
        return per(100, 1e3, lambda: pool.map(square, xs))


def pool_heavy(mp):
    xs = list(range(10))
    begin = time.perf_counter()
    for x in xs:
        heavy(x)
    serial = time.perf_counter() - begin
    with mp.Pool(2) as pool:
        pool.map(square, [1, 2, 3, 4])
        begin = time.perf_counter()
        pool.map(heavy, xs)
        return serial / (time.perf_counter() - begin)


def value(mp, processes):
    v, ready = mp.Value("q", 0), mp.Value("i", 0)
    go, stop = mp.Event(), mp.Value("i", 0)
    ps = [mp.Process(target=increments, args=(v, ready, go, stop)) for _ in range(processes)]
    for p in ps:
        p.start()
    while ready.value < processes:
        time.sleep(0.001)
    go.set()
    begin = time.perf_counter()
    time.sleep(0.5)
    stop.value = 1
    for p in ps:
        p.join()
    return v.value / (time.perf_counter() - begin) / 1e6


def round_trip(mp):
    a, b = mp.Pipe()
    p = mp.Process(target=echo, args=(b,))
    p.start()
    b.close()

    def once():
        a.send(42)
        a.recv()

    per(1000, 1, once)
    x = per(10000, 1e6, once)
    a.send(None)
    p.join()
    return x


def bulk(mp):
    times = 1000
    a, b = mp.Pipe()
    p = mp.Process(target=pour, args=(b, times))
    p.start()
    b.close()
    a.recv_bytes()
    begin = time.perf_counter()
    for _ in range(times - 1):
        a.recv_bytes()
    x = (times - 1) * (1 << 20) / (time.perf_counter() - begin) / 1e9
    p.join()
    return x


def manager(mp, clients):
    times = 4000
    with mp.Manager() as m:
        d, ready, go = m.dict(), mp.Value("i", 0), mp.Event()
        ps = [mp.Process(target=sets, args=(d, ready, go, times)) for _ in range(clients)]
        for p in ps:
            p.start()
        while ready.value < clients:
            time.sleep(0.001)
        go.set()
        begin = time.perf_counter()
        for p in ps:
            p.join()
        return clients * times / (time.perf_counter() - begin) / 1e3


def queue(mp):
    times = 20000
    q = mp.Queue(1000)
    p = mp.Process(target=queued, args=(q, times))
    p.start()
    q.get()
    begin = time.perf_counter()
    for _ in range(times - 1):
        q.get()
    x = (times - 1) / (time.perf_counter() - begin) / 1e3
    p.join()
    return x


def memory(mp):
    a, b = mp.Pipe()
    p = mp.Process(target=peak, args=(b,))
    p.start()
    x = a.recv()
    p.join()
    return x


ROWS = {
    "start": start_join,
    "pool-first": pool_first,
    "pool-tiny": pool_tiny,
    "pool-heavy": pool_heavy,
    "value-1": lambda mp: value(mp, 1),
    "value-2": lambda mp: value(mp, 2),
    "value-4": lambda mp: value(mp, 4),
    "roundtrip": round_trip,
    "bulk": bulk,
    "manager-1": lambda mp: manager(mp, 1),
    "manager-4": lambda mp: manager(mp, 4),
    "queue": queue,
    "memory": memory,
}

if __name__ == "__main__":
    print(ROWS[sys.argv[2]](multiprocessing.get_context(sys.argv[1])))
