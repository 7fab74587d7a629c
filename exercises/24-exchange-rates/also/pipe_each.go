//go:build also

// Each child has a pipe of its own to the parent, and sends its rate or nothing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"lockstep/mp"
)

func fetch(base string) (float64, error) {
	address, err := url.JoinPath(os.Getenv("RATES_URL"), "rates", base)
	if err != nil {
		return 0, err
	}
	resp, err := http.Get(address)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", base, err)
	}
	defer resp.Body.Close()
	var table struct {
		Rates struct{ CHF float64 }
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("no rate for %s: %s", base, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&table); err != nil {
		return 0, fmt.Errorf("no rate for %s: %w", base, err)
	}
	return table.Rates.CHF, nil
}

var ask = mp.Func2("ask", func(base string, parent *mp.Conn) error {
	rate, err := fetch(base)
	if err != nil {
		return err
	}
	return parent.Send(rate)
})

// question is a currency that somebody asks for.
type question struct {
	base   string
	who    *mp.Process
	answer *mp.Conn
}

func start(base string) (question, error) {
	mine, theirs, err := mp.Pipe()
	if err != nil {
		return question{}, err
	}
	defer theirs.Close()
	p, err := ask.Start(base, theirs)
	return question{base, p, mine}, err
}

func (q question) finish() error {
	rate, err := mp.Recv[float64](q.answer)
	if failed := q.who.Join(); failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	fmt.Printf("1 %s = %g chf\n", q.base, rate)
	return nil
}

func main() { mp.Main(run) }

func run() (failed error) {
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
	var asked []question
	for _, base := range bases {
		q, err := start(base)
		if err != nil {
			failed = err
			break
		}
		asked = append(asked, q)
	}
	for _, q := range asked {
		failed = errors.Join(failed, q.finish())
	}
	return failed
}
