package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/doctor"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/usage"
)

const publishExamples = `  grader publish ../students          write the students' repository
  grader publish --check ../students  tell what that would change there
  grader publish --repository os/course --ref v1.2 ../students
                                      with that course pinned in its workflow
  grader publish --repository os/course --ref v1.2 --checksums SHA256SUMS ../students
                                      … which takes the grader of that release
  grader publish --for gradescope ../autograder
                                      what grades with the whole course: hidden
                                      checks and solutions are in it
`

// makers are what --for takes.
var makers = map[string]publish.Maker{
	"students": publish.Students, "classroom50": publish.Classroom50, "gradescope": publish.Gradescope,
}

var repositoryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$`) // GitLab has groups in groups

// publication is what a call of publish says.
type publication struct {
	publish.Options
	whom      string
	checksums string
	whole     bool
}

// runPublish writes what others get of a course, or tells what would change.
func runPublish(ctx context.Context, c *cli) error {
	var p publication
	check := c.flags.Bool("check", false, "write nothing, tell what would change; exit code 1 if something would")
	p.flags(c.flags)
	args, err := c.parse(publishExamples)
	if err != nil {
		return err
	}
	if err := p.fits(); err != nil {
		return err
	}
	if len(args) != 1 {
		return usage.Errorf("name one folder, as in: grader publish ../students")
	}
	dir := args[0]
	exercises, err := c.load(nil)
	if err != nil {
		return err
	}
	if err := p.pin(dir); err != nil {
		return err
	}
	if p.Ref != "" && !*check {
		if err := publish.Matches(ctx, c.course, p.Ref); err != nil {
			return err
		}
	}
	tree, err := makers[p.whom](ctx, c.course, exercises, p.Options)
	if err != nil {
		return err
	}
	changes, err := tree.Compare(dir)
	if err != nil {
		return &usage.Error{Err: err}
	}
	if *check {
		return c.tellChanges(changes)
	}
	if p.whom == "students" {
		if err := c.prove(ctx, tree); err != nil {
			return err
		}
	}
	if changes, err = tree.Write(dir, p.Options); err != nil {
		return &usage.Error{Err: err}
	}
	count := map[publish.ChangeKind]int{}
	for _, ch := range changes {
		if count[ch.Kind]++; ch.Kind == publish.Kept {
			fmt.Fprintf(c.out, "%-8s %s\n", ch.Kind, ch.Name)
		}
	}
	fmt.Fprintf(c.out, "%s: %d files, %d new, %d changed, %d gone, %d kept as students left them\n",
		dir, len(tree), count[publish.New], count[publish.Changed], count[publish.Gone], count[publish.Kept])
	return nil
}

// tellChanges says what would change; the error says that something would.
func (c *cli) tellChanges(changes []publish.Change) (would error) {
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%-8s %s\n", ch.Kind, ch.Name)
		if ch.Kind != publish.Kept {
			would = errFailed
		}
	}
	return would
}

func (p *publication) flags(flags *flag.FlagSet) {
	flags.StringVar(&p.whom, "for", "students", "publish for `WHOM`: students, classroom50 or gradescope")
	flags.StringVar(&p.Repository, "repository", "", "the course's `OWNER/NAME` on GitHub, or its path on another forge; by default the variable LOCKSTEP_REPOSITORY there")
	flags.StringVar(&p.Ref, "ref", "", "the course's commit or tag, `REF`; goes with --repository, and both are remembered")
	flags.Func("when", "the students' workflow marks every `PUSH` that changes a program (push), or only that of a tag submit… (tag)", func(text string) error {
		if p.When = publish.When(text); p.When != publish.EveryPush && p.When != publish.Tagged {
			return errors.New("there are push and tag")
		}
		return nil
	})
	flags.Func("forge", "whose workflow the students' repository has, `FORGE`: github, gitlab or forgejo; remembered", func(text string) error {
		if p.Forge = publish.Forge(text); !slices.Contains(publish.Forges(), p.Forge) {
			return errors.New("there are github, gitlab and forgejo")
		}
		return nil
	})
	flags.StringVar(&p.Students, "students", "", "where git finds the students' repository once it is pushed, `ADDRESS`: from there `make update` takes corrections; remembered")
	flags.StringVar(&p.checksums, "checksums", "", "the SHA256SUMS of the course's release REF, `FILE`: the students' workflow takes its grader, checked by that, and builds none; remembered for REF, and none ends it")
	flags.BoolVar(&p.whole, "with-solutions", false, "put the whole course beside Classroom 50's autograder, where students can read it")
}

// fits says which flags do not go together.
func (p *publication) fits() error {
	switch {
	case makers[p.whom] == nil:
		return usage.Errorf("--for %s: there are students, classroom50 and gradescope", p.whom)
	case p.whole && p.whom != "classroom50":
		return usage.Errorf("--with-solutions goes with --for classroom50")
	case p.whom == "classroom50" && p.Repository == "" && !p.whole:
		return usage.Errorf("Classroom 50 publishes its autograders, and without --repository and --ref this one would hold the course's solutions and hidden checks: name the course's repository, or say --with-solutions")
	case p.Forge != "" && p.whom != "students":
		return usage.Errorf("--forge goes with the students' repository, and not with --for %s", p.whom)
	case p.checksums != "" && p.whom != "students":
		return usage.Errorf("--checksums goes with the students' repository, and not with --for %s", p.whom)
	}
	return nil
}

// pin adds what the students' repository remembers of earlier calls, and says which course
// it is then pinned to that can't be one.
func (p *publication) pin(dir string) error {
	if p.whom == "students" {
		before, err := publish.Published(dir)
		if err != nil {
			return &usage.Error{Err: err}
		}
		if p.Repository == "" {
			p.Repository, p.Ref = before.Repository, cmp.Or(p.Ref, before.Ref)
		}
		p.Forge, p.When, p.Students = cmp.Or(p.Forge, before.Forge), cmp.Or(p.When, before.When), cmp.Or(p.Students, before.Students)
		if p.Graders, err = graders(p.checksums, p.Options, before); err != nil {
			return &usage.Error{Err: err}
		}
	}
	if p.Repository != "" && (!repositoryForm.MatchString(p.Repository) || p.Forge != publish.GitLab && strings.Count(p.Repository, "/") > 1) {
		return usage.Errorf("--repository %s: needs OWNER/NAME", p.Repository)
	}
	if (p.Repository == "") != (p.Ref == "") {
		return usage.Errorf("--repository and --ref go together: a course that moves under a running class is graded two ways")
	}
	return nil
}

// graders are those of a release that the students' workflow takes: what --checksums says,
// or what it said when the same course was published before.
func graders(file string, o, before publish.Options) (map[string]string, error) {
	same := o.Repository == before.Repository && o.Ref == before.Ref
	switch {
	case file == "none", file == "" && len(before.Graders) == 0:
		return nil, nil
	case file == "" && same:
		return before.Graders, nil
	case file == "":
		return nil, fmt.Errorf("the workflow takes the grader of the release %s: name the --checksums of %s too, or say --checksums none, and it builds one", before.Ref, o.Ref)
	case o.Ref == "":
		return nil, errors.New("--checksums goes with --repository and --ref")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read checksums: %w", err)
	}
	sums, err := publish.Checksums(o.Ref, string(text))
	if err != nil {
		return nil, fmt.Errorf("cannot take the grader of the release %s by %s: %w", o.Ref, file, err)
	}
	return sums, nil
}

// prove refuses a students' repository in which something is left to write, or a starter
// passes.
func (c *cli) prove(ctx context.Context, tree publish.Tree) error {
	if err := tree.Unfinished(); err != nil {
		return err
	}
	fmt.Fprintln(c.err, "trying whether every starter fails there …")
	tier, err := doctor.Pick(ctx, "", "")
	if err != nil {
		return err
	}
	return tree.Prove(ctx, cache.Grader(verdicts(), 1, false), tier)
}
