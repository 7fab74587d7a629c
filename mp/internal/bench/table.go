package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// table renders the results, with the machine that they belong to.
func table(results []result, f *field, rounds int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks of package mp\n\n")
	fmt.Fprintf(&b, "Medians of %d rounds; in every round the contestants take turns. A ratio says how many\ntimes better package mp is than Python's `multiprocessing` doing the same work, and in\nbrackets what it has to reach; a floor is what the machine does without any library.\nWritten by `make bench`.\n\n", rounds)
	fmt.Fprintf(&b, "%s\n\n", machine(f))
	b.WriteString("| work | unit | mp | Python fork | Python spawn | × fork | × spawn | floor | beside the floor |\n")
	b.WriteString("|---|---|--:|--:|--:|--:|--:|--:|---|\n")
	missed := 0
	for _, r := range results {
		fork, ok1 := against(r, r.fork, r.row.fork)
		spawn, ok2 := against(r, r.spawn, r.row.spawn)
		for _, ok := range []bool{ok1, ok2} {
			if !ok {
				missed++
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.title, r.unit,
			number(r.mp), number(r.fork), number(r.spawn), fork, spawn, number(r.floor), beside(r))
	}
	if missed > 0 {
		fmt.Fprintf(&b, "\n%d ratios were not reached in this run; they are marked **<**.\n", missed)
	}
	return b.String()
}

func number(f figure) string {
	if f.note != "" {
		return f.note
	}
	switch x := f.median(); {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// against is how many times better mp is than Python, and whether that is enough.
func against(r result, python figure, wanted float64) (string, bool) {
	if python.note != "" {
		return "–", true
	}
	x := r.mp.median() / python.median()
	if !r.more {
		x = 1 / x
	}
	if wanted == 0 {
		return fmt.Sprintf("%.1f", x), true
	}
	mark := ""
	if x < wanted {
		mark = "**<** "
	}
	return fmt.Sprintf("%s%.1f (%g)", mark, x, wanted), x >= wanted
}

// beside says what the floor is and how far mp is from it.
func beside(r result) string {
	if r.floor.note != "" {
		return ""
	}
	x := r.mp.median() / r.floor.median()
	if r.more {
		x = 1 / x
	}
	return fmt.Sprintf("%.2f × %s", x, r.what)
}

func machine(f *field) string {
	parts := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, after, ok := strings.Cut(string(info), "model name"); ok {
			name, _, _ := strings.Cut(after, "\n")
			parts[0] += " of " + strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	parts = append(parts, output("uname", "-srm"), runtime.Version())
	if f.python != "" {
		parts = append(parts, output(f.python, "--version"))
	}
	if f.floor != "" {
		version, _, _ := strings.Cut(output("cc", "--version"), "\n")
		parts = append(parts, version)
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		parts = append(parts, "load average at the end "+strings.Fields(string(load))[0])
	}
	return "Machine: " + strings.Join(parts, "; ") + "."
}

func output(program string, args ...string) string {
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		return program + ": unknown"
	}
	return strings.TrimSpace(string(out))
}
