//go:build mutant

// Several processes each write the squares of 0, 1, 2, … into one dict, under the
// same keys. At the end the parent prints the dict. The arguments are the number
// of processes and the number of keys.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() (err error) {
	processes, keys := 4, 5
	if len(os.Args) > 2 {
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if keys, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	var pairs []string
	for k := range keys * min(processes, 1) {
		pairs = append(pairs, fmt.Sprintf("%d:%d", k, k*k))
	}
	fmt.Println("{" + strings.Join(pairs, " ") + "}")
	return nil
}
