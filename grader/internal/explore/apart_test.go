package explore

import (
	"fmt"
	"strings"
	"testing"
)

// TestApart finds package variables that processes change for themselves.
func TestApart(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"set by the child": {`
var n int
var work = mp.Func("work", func(int) error { n = 1; return nil })
func run() error { work.Start(0); fmt.Println(n); return nil }`, "n:4 by work"},
		"in a function that it calls": {`
var seen = map[int]bool{}
var order []int
func note(i int) { seen[i] = true; order = append(order, i) }
func step(i int) error { note(i); return nil }
var work = mp.Func("work", step)
func run() error { work.Start(0); return show() }
func show() error { fmt.Println(len(seen), order); return nil }`, "order:5 by work, seen:5 by work"},
		"set by the parent": {`
var limit int
var names []string
var work = mp.Task("work", func(n int) (int, error) { return min(n, limit), nil })
func run() error { limit = 3; names[0] = "a"; _, err := work.Map(nil, nil); return err }`, "limit:6 for work"},
		"a handle of the parent's": {`
var lock *mp.Lock
var work = mp.Func0("work", func() error { lock.Lock(); defer lock.Unlock(); return nil })
func run() error { lock = mp.NewLock(); work.Start(); return nil }`, "lock:5 for work"},
		"a field, and a method": {`
type tally struct{ hits int }
func (t *tally) hit() { t.hits++ }
var all tally
var work = mp.Func0("work", func() error { all.hits++; return nil })
func run() error { work.Start(); fmt.Println(all.hits); return nil }`, "all:6 by work"},
		"each for itself": {`
var known = map[int]int{}
func factorial(n int) int { if f, ok := known[n]; ok { return f }; known[n] = n; return n }
var work = mp.Func("work", func(n int) error { fmt.Println(factorial(n)); return nil })
func run() error { work.Start(3); fmt.Println(factorial(2)); return nil }`, ""},
		"only one of them": {`
var a, b int
var work = mp.Func0("work", func() error { a++; fmt.Println(a); return nil })
func run() error { work.Start(); b++; fmt.Println(b); return nil }`, ""},
		"of the same name": {`
var n int
var work = mp.Func("work", func(n int) error { n = 1; fmt.Println(n); return nil })
func run() error { n := 2; n++; work.Start(n); fmt.Println(n); return nil }`, ""},
		"made once for all": {`
var words = []string{"a", "b"}
var work = mp.Func("work", func(i int) error { fmt.Println(words[i]); return nil })
func run() error { work.Start(0); fmt.Println(words); return nil }`, ""},
		"no Go": {`func func`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range apartIn(map[string][]byte{"main.go": []byte("package main\n" + test.text + "\nfunc main() { mp.Main(run) }\n")}) {
				side := "for"
				if a.child {
					side = "by"
				}
				got = append(got, fmt.Sprintf("%s:%d %s %s", a.name, a.changed.Line, side, a.target))
			}
			if g := strings.Join(got, ", "); g != test.want {
				t.Errorf("got %q, want %q", g, test.want)
			}
		})
	}
}
