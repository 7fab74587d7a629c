//go:build also

// The child leaves the square in a value that both reach, and the parent prints it.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/mp"
)

// Job is what a child gets: what to square, and where the result belongs.
type Job struct {
	Text   string
	Result *mp.Value[int64]
}

func (j Job) do() error {
	n, err := strconv.ParseInt(strings.TrimSpace(j.Text), 10, 64)
	if err == nil {
		j.Result.Set(n * n)
	}
	return err
}

var do = mp.Func("do", Job.do)

func main() {
	mp.Main(func() error {
		job := Job{Text: "10", Result: mp.NewValue[int64](0)}
		if len(os.Args) > 1 {
			job.Text = os.Args[1]
		}
		switch child, err := do.Start(job); {
		case err != nil:
			return err
		default:
			if err := child.Join(); err != nil {
				return err
			}
		}
		_, err := fmt.Printf("Square: %d\n", job.Result.Get())
		return err
	})
}
