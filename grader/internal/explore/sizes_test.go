//go:build unix && !race

package explore

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
)

// BenchmarkSizes explores programs with more and more processes, each for at most 30
// seconds: runs that were told apart, those that came to where another had been, those
// that were made at all, seconds, and processor seconds, of this process and of all that
// it has waited for. all is 1 where every interleaving is known.
func BenchmarkSizes(b *testing.B) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		b.Fatal(err)
	}
	for _, of := range []struct {
		name, folder string
		least, most  int
		args         func(n int) []string
	}{
		{"adds_under_a_lock", "solutions/10-lost-updates", 3, 10, func(n int) []string { return []string{fmt.Sprint(n), "1"} }},
		{"adds_without", "exercises/10-lost-updates", 3, 6, func(n int) []string { return []string{fmt.Sprint(n), "1"} }},
		{"philosophers", "solutions/33-five-philosophers", 3, 6, func(n int) []string { return []string{fmt.Sprint(n), fmt.Sprint(n), "1"} }},
		{"readers_and_a_writer", "solutions/32-readers-and-writers", 2, 3, func(n int) []string { return []string{fmt.Sprint(n), "1", "1"} }},
		{"supervised_two_one_dies", "solutions/37-the-supervisor", 2, 4, func(n int) []string { return []string{"2", fmt.Sprint(n)} }},
		{"pool_of_four", "solutions/08-pool-map", 2, 8, func(n int) []string {
			args := []string{"4"}
			for i := range n {
				args = append(args, fmt.Sprint(i+1))
			}
			return args
		}},
	} {
		program, file := filepath.Join(b.TempDir(), "program"), filepath.Join(root, of.folder, "main.go")
		build := exec.Command("go", "build", "-o", program, "./"+of.folder)
		build.Dir = root
		if said, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, said)
		}
		source, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		r := Request{Budget: 30 * time.Second, Sources: map[string][]byte{"main.go": source}, Unordered: true}
		if of.folder == "solutions/37-the-supervisor" {
			r.Deaths = 1
		}
		for n := of.least; n <= of.most; n++ {
			b.Run(fmt.Sprintf("%s/%d", of.name, n), func(b *testing.B) {
				r.Command = box.Command{Program: program, Args: of.args(n), Env: []string{"PATH=/bin", "HOME=/tmp"}}
				for b.Loop() {
					before := processorTime(b)
					report, err := Run(context.Background(), r)
					if err != nil {
						b.Fatal(err)
					}
					if report.Outcome != Verified && report.Outcome != Tested {
						b.Errorf("%s: %s", report.Outcome, report.Text)
					}
					b.ReportMetric(float64(report.Runs), "runs")
					b.ReportMetric(float64(report.Merged), "merged")
					b.ReportMetric(float64(report.Started), "made")
					b.ReportMetric(report.Seconds, "s")
					b.ReportMetric((processorTime(b) - before).Seconds(), "cpu-s")
					all := 0.0
					if report.Complete {
						all = 1
					}
					b.ReportMetric(all, "all")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// processorTime is what this process and all that it has waited for have used.
func processorTime(b *testing.B) (sum time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
