package exercise

import "sort"

// Nearest returns the name closest to found, and whether any is close enough
// to be meant: at most a third of its letters differ, and at least two may.
func Nearest(found string, names []string) (string, bool) {
	sorted := append([]string(nil), names...)
	sort.Strings(sorted)
	best, distance := "", max(2, len(found)/3)+1
	for _, name := range sorted {
		if d := edits(found, name); d < distance {
			best, distance = name, d
		}
	}
	return best, best != ""
}

// edits is the Damerau–Levenshtein distance restricted to adjacent
// transpositions (optimal string alignment), by Wagner and Fischer's table.
func edits(a, b string) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		table[i][0] = i
	}
	for j := range table[0] {
		table[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			table[i][j] = min(table[i-1][j]+1, table[i][j-1]+1, table[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				table[i][j] = min(table[i][j], table[i-2][j-2]+1)
			}
		}
	}
	return table[len(a)][len(b)]
}
