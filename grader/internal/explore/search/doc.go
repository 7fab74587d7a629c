// Package search decides which interleavings of a program are run, and in which
// order. In goes a program whose runs can be held at every operation. Out come
// Executions: one for each run, with its record, how it ended, and the schedule
// that gives the same run again. Systematic search is source-DPOR with sleep
// sets (Abdulla, Aronis, Jonsson, Sagonas: "Optimal dynamic partial order
// reduction", POPL 2014): it makes one run of each class of interleavings that
// differ only in the order of operations that do not concern each other. Where
// there are many of them, a run is cut that comes to a moment from which all was
// explored before: see merge.go. Where that is still too many, random schedules and
// priority schedules (Burckhardt et al.: "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010) are let in between. One run can also be made
// by a clock: see Clocked.
package search
