package main

import "regexp"

// A row is one kind of work. Its name is what the contestants' programs know it by.
type row struct {
	name  string
	title string
	unit  string
	more  bool     // more is better
	floor []string // arguments for the floor's program; none: there is no floor
	what  string   // what the floor does
	fork  float64  // the ratio to reach against Python's fork; 0: none is set
	spawn float64
}

var rows = []row{
	{"start", "start and join a process", "ms", false, []string{"start", "EMPTY", "200"}, "an empty Go program, by posix_spawn", 1.2, 25},
	{"pool-first", "make a pool of 4 and map five numbers", "ms", false, nil, "", 4, 4},
	{"pool-tiny", "map 1,000 tiny tasks, pool of 4 warm", "ms", false, nil, "", 2.5, 2.5},
	{"pool-heavy", "ten heavy tasks, pool of 2, speed-up", "×", true, nil, "", 1, 1},
	{"value-1", "locked increments, 1 process", "M/s", true, []string{"increments", "1", "0.5"}, "a futex lock in C", 20, 20},
	{"value-2", "locked increments, 2 processes", "M/s", true, []string{"increments", "2", "0.5"}, "a futex lock in C", 20, 20},
	{"value-4", "locked increments, 4 processes", "M/s", true, []string{"increments", "4", "0.5"}, "a futex lock in C", 20, 20},
	{"roundtrip", "pipe: an int there and back", "µs", false, []string{"roundtrip", "20000"}, "64 bytes by two pipes in C", 2, 2},
	{"bulk", "pipe: messages of 1 MB", "GB/s", true, []string{"bulk", "2000"}, "1 MB by a socket pair in C", 3, 3},
	{"manager-1", "manager: dict sets, 1 client", "k/s", true, nil, "", 3, 3},
	{"manager-4", "manager: dict sets, 4 clients", "k/s", true, nil, "", 3, 3},
	{"queue", "queue: ints to another process", "k/s", true, nil, "", 0, 0},
	{"memory", "a child's peak memory", "MB", false, nil, "", 4, 4},
}

func pick(pattern string) ([]row, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	var picked []row
	for _, r := range rows {
		if re.MatchString(r.name) {
			picked = append(picked, r)
		}
	}
	return picked, nil
}
