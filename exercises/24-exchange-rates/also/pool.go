//go:build also

// A pool with a worker for each currency. A task that fails returns its reason, so that no
// other rate is lost.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"lockstep/mp"
)

// Rate is what was found of a currency: a rate, or the reason why there is none.
type Rate struct {
	Francs float64
	Reason string
}

func (r Rate) err() error {
	if r.Reason == "" {
		return nil
	}
	return errors.New(r.Reason)
}

func get(base string) (rate float64, err error) {
	resp, err := http.Get(os.Getenv("RATES_URL") + "/rates/" + base)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the server answers %d", resp.StatusCode)
	}
	var table struct{ Rates map[string]float64 }
	err = json.NewDecoder(resp.Body).Decode(&table)
	return table.Rates["chf"], err
}

var fetch = mp.Task("fetch", func(base string) (Rate, error) {
	rate, err := get(base)
	if err != nil {
		return Rate{Reason: fmt.Sprintf("%s: %v", base, err)}, nil
	}
	return Rate{Francs: rate}, nil
})

func main() { mp.Main(run) }

func run() (failed error) {
	bases, serial := os.Args[1:], false
	if len(bases) > 0 && bases[0] == "serial" {
		bases, serial = bases[1:], true
	}
	rates, err := all(bases, serial)
	if err != nil {
		return err
	}
	for i, r := range rates {
		if r.err() == nil {
			fmt.Printf("1 %s = %g chf\n", bases[i], r.Francs)
		}
		failed = errors.Join(failed, r.err())
	}
	return failed
}

func all(bases []string, serial bool) ([]Rate, error) {
	if serial || len(bases) == 0 {
		rates := make([]Rate, len(bases))
		for i, base := range bases {
			francs, err := get(base)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", base, err)
			}
			rates[i].Francs = francs
		}
		return rates, nil
	}
	pool, err := mp.NewPool(len(bases))
	if err != nil {
		return nil, err
	}
	rates, err := fetch.Map(pool, bases)
	return rates, errors.Join(err, pool.Close())
}
