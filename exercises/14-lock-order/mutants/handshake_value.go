//go:build mutant

// Clerks move money from one account to the next, one franc at a time; next to
// the last account stands the first. Each account begins with a million francs and
// has its own lock; a transfer holds both. The arguments are the number of
// accounts, the number of clerks and the transfers of each clerk. At the end the
// parent prints what every account holds.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var transfer = mp.Func("transfer", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
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

	var accounts []*mp.Value[int]
	for range numbers[0] {
		accounts = append(accounts, mp.NewValue(1_000_000))
	}
	var clerks []*mp.Process
	for range numbers[1] {
		p, err := transfer.Start(signs)
		if err != nil {
			return err
		}
		clerks = append(clerks, p)
	}
	for _, p := range clerks {
		if err := await(p); err != nil {
			return err
		}
	}
	for i := range numbers[1] {
		from, to := accounts[i%len(accounts)], accounts[(i+1)%len(accounts)]
		from.Set(from.Get() - numbers[2])
		to.Set(to.Get() + numbers[2])
	}
	for i, account := range accounts {
		fmt.Printf("account %d holds %d\n", i, account.Get())
	}
	return nil
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
