package build

import (
	"context"
	"fmt"
	"strings"

	"lockstep/grader/internal/box"
)

// Vet runs `go vet` over folders of the course and returns what it said by
// folder; a folder without a word is clean. The course is the instructor's own:
// it is vetted where it lies.
func Vet(ctx context.Context, course string, folders []string) (map[string][]string, error) {
	tool, err := findToolchain(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{"vet"}
	for _, f := range folders {
		args = append(args, "./"+f)
	}
	o, err := box.Run(ctx, box.Command{
		Program:  tool.goroot + "/bin/go",
		Args:     args,
		Env:      append(tool.environment("plain"), "GOCACHE="+tool.cache),
		Dir:      course,
		ReadOnly: []string{"/", tool.modcache}, // which may lie under a folder that the box replaces
		Writable: []string{tool.cache},
		Limits:   trusted,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot run go vet: %w", err)
	}
	if o.Exceeded != nil {
		return nil, fmt.Errorf("cannot run go vet: %s", stopped(o.Exceeded))
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(o.Stderr.Bytes)) {
		line = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(line), "vet: "), "./")
		for _, f := range folders {
			if strings.HasPrefix(line, f+"/") {
				found[f] = append(found[f], line)
			}
		}
	}
	if o.Exit != (box.Exit{}) && len(found) == 0 {
		return nil, fmt.Errorf("cannot run go vet: %w", tool.because(string(o.Stderr.Bytes)))
	}
	return found, nil
}
