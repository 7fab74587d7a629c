package main

import (
	"context"
	"fmt"
	"regexp"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/usage"
)

const publishExamples = `  grader publish ../students          write the students' repository
  grader publish --check ../students  tell what that would change there
  grader publish --repository os/course --ref v1.2 ../students
                                      with that course pinned in its workflow
  grader publish --for gradescope ../autograder
                                      what grades with the whole course: hidden
                                      checks and solutions are in it
`

// makers are what --for takes.
var makers = map[string]func(string, []*exercise.Exercise, publish.Options) (publish.Tree, error){
	"students": publish.Students, "classroom50": publish.Classroom50, "gradescope": publish.Gradescope,
}

var repositoryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)

// runPublish writes what others get of a course, or tells what would change.
func runPublish(_ context.Context, c *cli) error {
	check := c.flags.Bool("check", false, "write nothing, tell what would change; exit code 1 if something would")
	whom := c.flags.String("for", "students", "publish for `WHOM`: students, classroom50 or gradescope")
	var o publish.Options
	c.flags.StringVar(&o.Repository, "repository", "", "the course's `OWNER/NAME` on GitHub; by default the variable LOCKSTEP_REPOSITORY there")
	c.flags.StringVar(&o.Ref, "ref", "", "the course's commit or tag, `REF`; goes with --repository")
	whole := c.flags.Bool("with-solutions", false, "put the whole course beside Classroom 50's autograder, where students can read it")
	args, err := c.parse(publishExamples)
	if err != nil {
		return err
	}
	switch {
	case makers[*whom] == nil:
		return usage.Errorf("--for %s: there are students, classroom50 and gradescope", *whom)
	case (o.Repository == "") != (o.Ref == ""):
		return usage.Errorf("--repository and --ref go together: a course that moves under a running class is graded two ways")
	case o.Repository != "" && !repositoryForm.MatchString(o.Repository):
		return usage.Errorf("--repository %s: needs OWNER/NAME", o.Repository)
	case *whole && *whom != "classroom50":
		return usage.Errorf("--with-solutions goes with --for classroom50")
	case *whom == "classroom50" && o.Repository == "" && !*whole:
		return usage.Errorf("Classroom 50 publishes its autograders, and without --repository and --ref this one would hold the course's solutions and hidden checks: name the course's repository, or say --with-solutions")
	case len(args) != 1:
		return usage.Errorf("name one folder, as in: grader publish ../students")
	}
	exercises, err := c.load(nil)
	if err != nil {
		return err
	}
	tree, err := makers[*whom](c.course, exercises, o)
	if err != nil {
		return err
	}
	act := tree.Write
	if *check {
		act = tree.Compare
	}
	changes, err := act(args[0])
	if err != nil {
		return &usage.Error{Err: err}
	}
	count := map[publish.ChangeKind]int{}
	for _, ch := range changes {
		count[ch.Kind]++
		if *check || ch.Kind == publish.Kept {
			fmt.Fprintf(c.out, "%-8s %s\n", ch.Kind, ch.Name)
		}
	}
	would := count[publish.New] + count[publish.Changed] + count[publish.Gone]
	if *check {
		if would > 0 {
			return errFailed
		}
		return nil
	}
	fmt.Fprintf(c.out, "%s: %d files, %d new, %d changed, %d gone, %d kept as students left them\n",
		args[0], len(tree), count[publish.New], count[publish.Changed], count[publish.Gone], count[publish.Kept])
	return nil
}
