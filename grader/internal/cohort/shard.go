package cohort

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Shard is one of several parts of a class, each graded by itself. Number counts
// from 1. The zero Shard is not a part of anything.
type Shard struct {
	Number, Of int
	From       string // where it was read from, for a person
}

// ParseShard reads "K/N".
func ParseShard(text string) (Shard, error) {
	k, n, ok := strings.Cut(text, "/")
	number, err1 := strconv.Atoi(k)
	of, err2 := strconv.Atoi(n)
	if !ok || err1 != nil || err2 != nil {
		return Shard{}, fmt.Errorf("shard %q: needs K/N, as in 2/7", text)
	}
	return checked(Shard{number, of, "--shard"})
}

func checked(s Shard) (Shard, error) {
	if s.Of < 1 || s.Number < 1 || s.Number > s.Of {
		return Shard{}, fmt.Errorf("%s: shard %d of %d: the first is 1, the last %d", s.From, s.Number, s.Of, s.Of)
	}
	return s, nil
}

// engines are what tells a task which part it is: the variable with its index, the
// one with the first index, that with the step, and the one with the number of all.
// Kubernetes tells no number: the job hands it over as LOCKSTEP_SHARDS.
var engines = []struct{ name, index, first, step, all string }{
	{"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT"},
	{"Kubernetes", "JOB_COMPLETION_INDEX", "", "", "LOCKSTEP_SHARDS"},
	{"a matrix", "LOCKSTEP_SHARD_INDEX", "", "", "LOCKSTEP_SHARDS"},
}

// ShardFromEnvironment finds which part an engine's task is, counted from 0 in all
// of them. The zero Shard means that no engine is there.
func ShardFromEnvironment(getenv func(string) string) (Shard, error) {
	for _, e := range engines {
		if getenv(e.index) == "" {
			continue
		}
		var odd error
		number := func(name, otherwise string) int {
			text := cmp.Or(getenv(name), otherwise)
			n, err := strconv.Atoi(text)
			if err != nil && odd == nil {
				odd = fmt.Errorf("$%s tells that this is a part of an array of %s, but $%s is %q", e.index, e.name, name, text)
			}
			return n
		}
		index, first, step, of := number(e.index, ""), number(e.first, "0"), number(e.step, "1"), number(e.all, "")
		if odd != nil {
			return Shard{}, odd
		}
		return checked(Shard{(index-first)/max(step, 1) + 1, of, "$" + e.index})
	}
	return Shard{}, nil
}

// Has reports whether the i-th submission of the roster, from 0, belongs to the shard.
// Neighbours go to different shards: those who sit together hand in alike.
func (s Shard) Has(i int) bool { return s.Of == 0 || i%s.Of == s.Number-1 }
