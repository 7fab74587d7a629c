package explore

import (
	"testing"

	"lockstep/mp/trace"
)

func TestNamesIn(t *testing.T) {
	n := namesIn(map[string][]byte{"main.go": []byte(`package main

var shared = mp.NewLock()

func run() error {
	_, parent, err := mp.Pipe()
	account := &Account{Money: mp.NewValue[int](0), Lock: mp.NewLock()}
	forks = append(forks, mp.NewLock())
	forks[i] = mp.NewLock()
	mp.NewLock().Lock()
	other := fmt.Sprint(1)
	total := &Counter[int]{mp.NewValue(0)}
	inside := Counter{Value: *mp.NewValue(0)}
	seats := []*mp.Semaphore{mp.NewSemaphore(1)}
}
`), "broken.go": []byte("package")})
	for at, want := range map[call]string{
		{trace.Site{File: "main.go", Line: 3}, "lock"}:       "shared",
		{trace.Site{File: "main.go", Line: 6}, "pipe"}:       "_,parent",
		{trace.Site{File: "main.go", Line: 7}, "value"}:      "account.Money",
		{trace.Site{File: "main.go", Line: 7}, "lock"}:       "account.Lock",
		{trace.Site{File: "main.go", Line: 8}, "lock"}:       "forks[]",
		{trace.Site{File: "main.go", Line: 9}, "lock"}:       "forks[i]",
		{trace.Site{File: "main.go", Line: 12}, "value"}:     "total",
		{trace.Site{File: "main.go", Line: 13}, "value"}:     "inside.Value",
		{trace.Site{File: "main.go", Line: 14}, "semaphore"}: "seats[]",
	} {
		if got := n.name(trace.Event{Site: at.site, Method: at.made}); got != want {
			t.Errorf("line %d: %s is called %q, want %q", at.site.Line, at.made, got, want)
		}
	}
	if len(n) != 9 {
		t.Errorf("%v", n)
	}
}
