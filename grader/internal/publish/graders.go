package publish

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
)

// graders are the programs of a release: on each line a system, and the archive that holds
// the one for it and nothing else. .ci/release makes what stands there.
//
//go:embed template/graders
var graders string

// released is how a workflow's job takes one of them.
//
//go:embed template/released.sh
var released string

var (
	tagForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`) // that can be a file's name, and needs no quotes
	sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// archives calls f with each system and its archive's name in a release.
func archives(tag string, f func(system, archive string)) {
	for line := range strings.Lines(strings.ReplaceAll(graders, "@TAG@", tag)) {
		system, archive, _ := strings.Cut(strings.TrimSpace(line), " ")
		f(system, archive)
	}
}

// Checksums reads the text of a release's SHA256SUMS: the sums of its graders, by their
// archives' names. It is an error where one is missing.
func Checksums(tag, text string) (sums map[string]string, err error) {
	if !tagForm.MatchString(tag) {
		return nil, fmt.Errorf("no release is called %q", tag)
	}
	listed := map[string]string{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) == 2 {
			listed[strings.TrimPrefix(words[1], "*")] = words[0]
		}
	}
	sums = map[string]string{}
	archives(tag, func(_, archive string) {
		if sums[archive] = listed[archive]; !sumForm.MatchString(sums[archive]) && err == nil {
			err = fmt.Errorf("there is no SHA-256 of %s in it", archive)
		}
	})
	return sums, err
}

// grader are what workflows leave open of how their job gets the course's grader: it is
// built, or that of the release is taken.
func (o Options) grader(f forge) map[string]string {
	if len(o.Graders) == 0 {
		return map[string]string{"@GRADER@": f.build}
	}
	var sums strings.Builder
	archives(o.Ref, func(system, archive string) {
		fmt.Fprintf(&sums, "%s) archive=%s sum=%s ;;\n", system, archive, o.Graders[archive])
	})
	return map[string]string{
		"@GRADER@": f.take, "@RELEASED@": released, "@SUMS@": sums.String(),
		"@DOWNLOAD@": strings.ReplaceAll(f.download, "@REF@", o.Ref), "@NO@": f.no,
	}
}
