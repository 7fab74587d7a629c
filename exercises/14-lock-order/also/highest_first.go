//go:build also

// Everybody locks the account with the higher number first: any order will do that all keep.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

type account = *mp.Value[int]

var transfer = mp.Func4("transfer", func(accounts []account, from, to, times int) error {
	outer, inner := accounts[from], accounts[to]
	if from < to {
		outer, inner = inner, outer
	}
	one := func() {
		outer.Lock()
		defer outer.Unlock()
		inner.Lock()
		defer inner.Unlock()
		accounts[to].Set(accounts[to].Get() + 1)
		accounts[from].Set(accounts[from].Get() - 1)
	}
	for range times {
		one()
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := [3]int{3, 3, 1000}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i >= len(numbers) {
			return fmt.Errorf("usage: lock-order ACCOUNTS CLERKS TIMES, not %q", arg)
		}
		numbers[i] = n
	}
	count, clerks, times := numbers[0], numbers[1], numbers[2]
	if count < 2 {
		return errors.New("a transfer needs two accounts")
	}
	var accounts []account
	for len(accounts) < count {
		accounts = append(accounts, mp.NewValue(1_000_000))
	}
	if err := work(accounts, clerks, times); err != nil {
		return err
	}
	for i, a := range accounts {
		fmt.Println("account", i, "holds", a.Get())
	}
	return nil
}

func work(accounts []account, clerks, times int) (failed error) {
	for i := range clerks {
		from := i % len(accounts)
		p, err := transfer.Start(accounts, from, (from+1)%len(accounts), times)
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, p.Join()) }()
	}
	return nil
}
