// The floors: what the machine can do without any library. Each subcommand prints
// one number.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void *shared(size_t n) {
	void *p = mmap(0, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) exit(1);
	return p;
}

// Milliseconds to start a program and wait for its end.
static double start(char *program, int times) {
	char *argv[] = {program, "exit", 0}, *env[] = {0};
	double begin = now();
	for (int i = 0; i < times; i++) {
		pid_t pid;
		if (posix_spawn(&pid, program, 0, 0, argv, env)) exit(1);
		waitpid(pid, 0, 0);
	}
	return (now() - begin) * 1e3 / times;
}

// A lock of one word: 0 free, 1 held, 2 held and somebody may be asleep.
static void lock(_Atomic uint32_t *w) {
	uint32_t free = 0;
	if (atomic_compare_exchange_strong(w, &free, 1)) return;
	while (atomic_exchange(w, 2)) syscall(SYS_futex, w, FUTEX_WAIT, 2, 0, 0, 0);
}

static void unlock(_Atomic uint32_t *w) {
	if (atomic_exchange(w, 0) == 2) syscall(SYS_futex, w, FUTEX_WAKE, 1, 0, 0, 0);
}

// Increments per second of a locked counter, by several processes for as long as
// is given.
static double increments(int processes, double seconds) {
	struct { _Atomic uint32_t word, go, stop, ready; _Atomic uint64_t n; } *s = shared(4096);
	for (int i = 0; i < processes; i++)
		if (!fork()) {
			atomic_fetch_add(&s->ready, 1);
			while (!s->go) usleep(100);
			while (!atomic_load_explicit(&s->stop, memory_order_relaxed))
				for (int k = 0; k < 1000; k++) {
					lock(&s->word);
					atomic_store(&s->n, atomic_load(&s->n) + 1);
					unlock(&s->word);
				}
			_exit(0);
		}
	while (s->ready < processes) usleep(100);
	double begin = now();
	s->go = 1;
	usleep(seconds * 1e6);
	s->stop = 1;
	for (int i = 0; i < processes; i++) wait(0);
	return s->n / (now() - begin);
}

static void all(ssize_t (*f)(int, void *, size_t), int fd, char *b, size_t n) {
	while (n) {
		ssize_t k = f(fd, b, n);
		if (k <= 0) exit(1);
		b += k, n -= k;
	}
}

static ssize_t put(int fd, void *b, size_t n) { return write(fd, b, n); }

// Microseconds for 64 bytes to a process and back, by two pipes.
static double roundtrip(int times) {
	int there[2], back[2];
	char b[64] = {0};
	if (pipe(there) || pipe(back)) exit(1);
	if (!fork()) {
		// With a copy of the parent's end open, the child would never see that end
		// close, live on, and keep who reads this program's output waiting.
		close(there[1]), close(back[0]);
		while (read(there[0], b, sizeof b) == sizeof b) all(put, back[1], b, sizeof b);
		_exit(0);
	}
	close(there[0]), close(back[1]);
	double begin = now();
	for (int i = 0; i < times; i++) {
		all(put, there[1], b, sizeof b);
		all(read, back[0], b, sizeof b);
	}
	double took = now() - begin;
	close(there[1]);
	wait(0);
	return took * 1e6 / times;
}

// GB/s of messages of 1 MB, each written and read whole.
static double bulk(int times) {
	int fd[2];
	size_t n = 1 << 20;
	char *b = malloc(n);
	memset(b, 1, n);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd)) exit(1);
	if (!fork()) {
		close(fd[0]);
		for (int i = 0; i < times; i++) all(put, fd[1], b, n);
		_exit(0);
	}
	close(fd[1]);
	all(read, fd[0], b, n);
	double begin = now();
	for (int i = 1; i < times; i++) all(read, fd[0], b, n);
	double took = now() - begin;
	wait(0);
	return (times - 1) * (double)n / took / 1e9;
}

int main(int argc, char **argv) {
	if (argc < 2 || !strcmp(argv[1], "exit")) return 0;
	double x;
	if (!strcmp(argv[1], "start")) x = start(argv[2], atoi(argv[3]));
	else if (!strcmp(argv[1], "increments")) x = increments(atoi(argv[2]), atof(argv[3]));
	else if (!strcmp(argv[1], "roundtrip")) x = roundtrip(atoi(argv[2]));
	else if (!strcmp(argv[1], "bulk")) x = bulk(atoi(argv[2]));
	else return 1;
	printf("%.9g\n", x);
	return 0;
}
