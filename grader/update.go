//go:build !first

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/usage"
)

const updateExamples = `  grader update ../students  bring what is published there into this folder; what
                             you have changed of the programs stays as it is
  make update                … from where your course publishes it
  grader update --open-pull-requests --roster roster.csv --assignment os-2026/hw1 ../students
                             print the commands that propose it to each student
`

// runUpdate brings a correction of the course into a student's folder, whatever the
// history of both: by what was published, as publish itself does. Or it prints what a
// teacher runs to propose it to everybody.
func runUpdate(_ context.Context, c *cli) error {
	open := c.flags.Bool("open-pull-requests", false, "change nothing: print a shell script with the gh commands that open a pull request in each student's repository on GitHub")
	roster := c.flags.String("roster", "", "with --open-pull-requests: `FILE`, the table of the class; its groups and logins end the repositories' names")
	assignment := c.flags.String("assignment", "", "… and `OWNER/NAME`, how these names begin; a dash follows")
	list := c.flags.String("repositories", "", "… or `FILE`, which has an OWNER/NAME on each line")
	args, err := c.parse(updateExamples)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return usage.Errorf("name the folder of the newly published repository, as in: grader update ../students")
	}
	named, listed := *roster != "" && *assignment != "", *list != ""
	switch {
	case !*open && *roster+*assignment+*list != "":
		return usage.Errorf("--roster, --assignment and --repositories go with --open-pull-requests")
	case *open && (named == listed || listed && *roster+*assignment != ""):
		return usage.Errorf("--open-pull-requests needs either --roster and --assignment, or --repositories")
	case !*open:
		if _, err := c.load(nil); err != nil {
			return err
		}
	}
	tree, options, err := publish.Read(args[0])
	if err != nil {
		return &usage.Error{Err: err}
	}
	if *open {
		return printPulls(c, tree, args[0], *roster, *assignment, *list)
	}
	changes, err := tree.Write(c.course, options)
	if err != nil {
		return &usage.Error{Err: err}
	}
	kept := 0
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%-8s %s\n", ch.Kind, ch.Name)
		if ch.Kind == publish.Kept {
			kept++
		}
	}
	fmt.Fprintf(c.out, "%d files are brought up to date, %d programs stay as you changed them\n", len(changes)-kept, kept)
	return nil
}

// printPulls prints how a published tree is proposed to those on a roster or a list.
func printPulls(c *cli, tree publish.Tree, dir, roster, assignment, list string) (err error) {
	p := cohort.Pulls{Branch: "lockstep-" + tree.Sum()[:12]}
	if p.Grader, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot name the grader: %w", err)
	}
	if p.Published, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("cannot name the folder: %w", err)
	}
	var nameless []string
	if list != "" {
		p.Repositories, err = cohort.ReadRepositories(list)
	} else if people, wrong := cohort.ReadRoster(roster); wrong != nil {
		err = wrong
	} else {
		p.Repositories, nameless, err = cohort.Assigned(people, assignment)
	}
	if err != nil {
		return &usage.Error{Err: err}
	}
	text, err := p.Print()
	if err != nil {
		return err
	}
	fmt.Fprint(c.out, text)
	if len(nameless) > 0 {
		fmt.Fprintf(c.err, "without login and group on the roster, and not among them: %s\n", strings.Join(nameless, ", "))
		return errFailed
	}
	return nil
}
