//go:build also

// Before a clerk takes the locks of two accounts, it takes a third one, which makes it the
// only one who is taking any. The accounts' money lies in an array.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Bank is what the clerks share.
type Bank struct {
	Money  *mp.Array[int]
	Locks  []*mp.Lock
	Taking *mp.Lock
}

func newBank(accounts, each int) Bank {
	b := Bank{Money: mp.NewArray[int](accounts), Taking: mp.NewLock()}
	for i := range accounts {
		b.Money.Set(i, each)
		b.Locks = append(b.Locks, mp.NewLock())
	}
	return b
}

func (b Bank) transfer(from, to int) {
	b.Taking.Lock()
	b.Locks[from].Lock()
	b.Locks[to].Lock()
	b.Taking.Unlock()
	b.Money.Set(from, b.Money.Get(from)-1)
	b.Money.Set(to, b.Money.Get(to)+1)
	b.Locks[to].Unlock()
	b.Locks[from].Unlock()
}

var clerk = mp.Func4("clerk", func(b Bank, from, to, times int) error {
	for range times {
		b.transfer(from, to)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{3, 3, 1000}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i == len(numbers) {
			return fmt.Errorf("usage: lock-order ACCOUNTS CLERKS TIMES, not %q", arg)
		}
		numbers[i] = n
	}
	if numbers[0] < 2 {
		return errors.New("a transfer needs two accounts")
	}
	b := newBank(numbers[0], 1_000_000)
	var clerks []*mp.Process
	for i := range numbers[1] {
		from := i % numbers[0]
		p, err := clerk.Start(b, from, (from+1)%numbers[0], numbers[2])
		if err != nil {
			return err
		}
		clerks = append(clerks, p)
	}
	for _, p := range clerks {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for i := range b.Money.Len() {
		fmt.Printf("account %d holds %d\n", i, b.Money.Get(i))
	}
	return nil
}
