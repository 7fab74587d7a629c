//go:build mutant

// The program asks a server what one unit of each currency is worth in Swiss francs,
// by a child for each, and prints it. What can't be had is told on standard error,
// and the exit code is 1 then. RATES_URL is the server's address, the arguments are
// the currencies. With serial before them the parent asks for all of them itself.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"lockstep/mp"
)

// A server that does not answer must not keep a child for ever.
var client = http.Client{Timeout: 10 * time.Second}

func fetch(base string) (float64, error) {
	resp, err := client.Get(os.Getenv("RATES_URL") + "/rates/" + base)
	if err != nil {
		return 0, fmt.Errorf("no rate for %s: %w", base, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("no rate for %s: the server says %s", base, resp.Status)
	}
	var table struct{ Rates map[string]float64 }
	if err := json.NewDecoder(resp.Body).Decode(&table); err != nil {
		return 0, fmt.Errorf("no rate for %s: %w", base, err)
	}
	return table.Rates["chf"], nil
}

var store = mp.Func2("store", func(base string, signs *mp.Value[int]) error {
	_, err := fetch(base)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return err
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	bases := os.Args[1:]
	if len(bases) > 0 && bases[0] == "serial" {
		for _, base := range bases[1:] {
			rate, err := fetch(base)
			if err != nil {
				return err
			}
			fmt.Printf("1 %s = %g chf\n", base, rate)
		}
		return nil
	}
	rates, err := fetchAll(bases)
	for _, base := range bases {
		if rate, known := rates[base]; known {
			fmt.Printf("1 %s = %g chf\n", base, rate)
		}
	}
	return err
}

// fetchAll returns the rates that could be had, also when it returns an error.
func fetchAll(bases []string) (all map[string]float64, failed error) {
	manager, err := mp.NewManager()
	if err != nil {
		return nil, err
	}
	defer func() { failed = errors.Join(failed, manager.Close()) }()
	all = map[string]float64{}

	var started []*mp.Process
	for _, base := range bases {
		p, err := store.Start(base, signs)
		if err != nil {
			failed = errors.Join(failed, err)
			break
		}
		started = append(started, p)
	}
	for _, p := range started {
		failed = errors.Join(failed, await(p))
	}
	for _, base := range bases {
		if rate, err := fetch(base); err == nil {
			all[base] = rate
		}
	}
	return all, failed
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
