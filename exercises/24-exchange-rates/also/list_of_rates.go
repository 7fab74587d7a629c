//go:build also

// The children append what they found to a manager's list, each with its place; the parent
// sorts it. What a child can't have it writes to standard error itself.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"lockstep/mp"
)

// Rate is a currency's, at its place among the arguments.
type Rate struct {
	Place  int
	Base   string
	Francs float64
}

func (r Rate) String() string { return fmt.Sprintf("1 %s = %g chf", r.Base, r.Francs) }

func fetch(place int, base string) (Rate, error) {
	resp, err := http.Get(os.Getenv("RATES_URL") + "/rates/" + base)
	if err != nil {
		return Rate{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Rate{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return Rate{}, fmt.Errorf("%s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	var table struct{ Rates map[string]float64 }
	if err := json.Unmarshal(body, &table); err != nil {
		return Rate{}, err
	}
	return Rate{place, base, table.Rates["chf"]}, nil
}

var find = mp.Func3("find", func(rates *mp.List[Rate], place int, base string) error {
	rate, err := fetch(place, base)
	if err != nil {
		fmt.Fprintf(os.Stderr, "cannot get %s: %v\n", base, err)
		os.Exit(1)
	}
	return rates.Append(rate)
})

func main() { mp.Main(run) }

func run() error {
	if len(os.Args) > 1 && os.Args[1] == "serial" {
		for i, base := range os.Args[2:] {
			rate, err := fetch(i, base)
			if err != nil {
				return err
			}
			fmt.Println(rate)
		}
		return nil
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	rates, err := findAll(manager, os.Args[1:])
	slices.SortFunc(rates, func(a, b Rate) int { return cmp.Compare(a.Place, b.Place) })
	for _, r := range rates {
		fmt.Println(r)
	}
	return errors.Join(err, manager.Close())
}

func findAll(manager *mp.Manager, bases []string) (all []Rate, failed error) {
	rates, err := mp.NewList[Rate](manager)
	if err != nil {
		return nil, err
	}
	started := make([]*mp.Process, 0, len(bases))
	for i, base := range bases {
		p, err := find.Start(rates, i, base)
		failed = errors.Join(failed, err)
		if err == nil {
			started = append(started, p)
		}
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	all, err = rates.All()
	return all, errors.Join(failed, err)
}
