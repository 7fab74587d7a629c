package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/judge"
)

// besideBombs runs the honest controls over and over while fork bombs go off in
// another box: what happens there must not cost anybody here. LOCKSTEP_HONEST is
// how many runs; by default each control is run once.
func (g *ground) besideBombs(t *testing.T, tier box.Tier, attacks []*attack) outcome {
	var honest []*attack
	var bomb *attack
	for _, a := range attacks {
		switch {
		case strings.HasPrefix(a.name, "honest"):
			honest = append(honest, a)
		case a.name == "fork_bomb":
			bomb = a
		}
	}
	runs := len(honest)
	if text := os.Getenv("LOCKSTEP_HONEST"); text != "" {
		var err error
		if runs, err = strconv.Atoi(text); err != nil {
			t.Fatalf("LOCKSTEP_HONEST: %v", err)
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Hour)
	defer stop()
	before := g.survey(t)
	over := make(chan struct{})
	var beside sync.WaitGroup
	bombs, tame := 0, 0
	beside.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
			}
			v := decisive(g.run(ctx, t, tier, bomb))
			if bombs++; v.Status != judge.Fail || !strings.Contains(v.Message, "processes limit") {
				tame++
				t.Errorf("a fork bomb got %s: %s", v.Status, v.Message)
			}
		}
	})
	began := time.Now()
	accused := map[string]int{}
	for i := range runs {
		a := honest[i%len(honest)]
		if v := decisive(g.run(ctx, t, tier, a)); v.Status != judge.Pass {
			accused[a.name]++
			t.Errorf("run %d, %s: got %s: %s\n%v", i+1, a.name, v.Status, v.Message, v.Evidence)
		}
	}
	took := time.Since(began)
	close(over)
	beside.Wait()
	return outcome{
		name: "honest_beside_bombs", tier: tier, took: took, left: before.leftBy(g.survey(t)),
		verdict: fmt.Sprintf("%d runs beside %d bombs: %d false, %d odd bombs", runs, bombs, len(accused), tame),
	}
}
