//go:build !portable

package box

import (
	"fmt"
	"path/filepath"
	"slices"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/landlock"
	"lockstep/grader/internal/box/internal/openfiles"
	"lockstep/grader/internal/box/internal/rootfs"
	"lockstep/grader/internal/box/internal/supervisor"
)

// confine makes what the tier keeps programs from.
func (p *place) confine() (err error) {
	if private(p.Tier) {
		p.tree, err = settleNamespaces(p.terms)
		return err
	}
	p.dir = filepath.Clean(p.Folder)
	unsupervised := supervisor.Possible()
	p.supervised = unsupervised == nil
	if p.Tier == TierD {
		p.open = unheldWithout(unsupervised)
		return nil
	}
	p.opens, err = landlock.New(landlock.Config{
		Execute:  slices.Concat(rootfs.Libraries(p.Program), []string{p.Program}, p.Programs),
		ReadOnly: p.ReadOnly,
		Writable: append(p.Writable, p.dir),
	})
	p.open, p.scoped = unheld(landlock.ABI(), unsupervised), landlock.ABI() >= landlock.ABIScope
	return err
}

// newGroup makes the group of a box, or none where there can't be one. Boxes that
// may write to folders of the host's that are in memory have none: what such files
// take is nobody's to count. Runs that are not watched have none, because they
// would pay more to enter than they are bounded by.
func newGroup(s Setup) (*cgroup.Group, error) {
	if !private(s.Tier) || s.Unwatched || slices.ContainsFunc(s.Writable, openfiles.InMemory) {
		return nil, nil
	}
	above, err := cgroup.Above()
	if err != nil {
		return nil, nil // said by the doctor
	}
	return above.Make()
}

// unheld says what Landlock can't refuse, with a version of Landlock.
func unheld(abi int, unsupervised error) []string {
	open := append([]string{
		"looking at names, sizes and dates of files, and at the command lines of processes",
	}, unsaid(unsupervised)...)
	if abi < landlock.ABITruncate {
		open = append(open, "emptying files that the user may write")
	}
	return open
}

// unheldWithout says what there is open without Landlock. Why there is no supervisor
// either is told, if there is none.
func unheldWithout(unsupervised error) []string {
	open := []string{"reading and changing the user's files, and the memory of his processes"}
	return append(open, unsaid(unsupervised)...)
}

// unsaid is what is open of the network and of others' processes.
func unsaid(unsupervised error) []string {
	if unsupervised != nil {
		return []string{fmt.Sprintf("reaching the network, and the services and processes of this machine (%v)", unsupervised)}
	}
	return []string{"sending datagrams to services of this machine (a program that opens a socket for them is \"not checked\")"}
}
