//go:build mutant

// Each process counts the words of one text, and all count into one dict. At the
// end the parent prints every word with its count. The arguments are how many
// times each process reads its text, and the texts.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/mp"
)

var count = mp.Func("count", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	signs = mp.NewValue(0)
	times, texts := 1, []string{"the cat saw the dog", "the dog saw the cat"}
	if len(os.Args) > 2 {
		if times, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		texts = os.Args[2:]
	}

	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	counts, err := mp.NewDict[string, int](manager)
	if err != nil {
		return err
	}

	var started []*mp.Process
	for range texts {
		p, err := count.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := await(p); err != nil {
			return err
		}
	}

	for _, text := range texts {
		for _, word := range strings.Fields(text) {
			n, _, err := counts.Get(word)
			if err != nil {
				return err
			}
			if err := counts.Set(word, n+times); err != nil {
				return err
			}
		}
	}
	all, err := counts.All()
	if err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(all)) {
		fmt.Println(word, all[word])
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
