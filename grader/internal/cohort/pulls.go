package cohort

import (
	_ "embed"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Pulls is what a correction of the course needs to be proposed to students.
type Pulls struct {
	Repositories []string // OWNER/NAME on GitHub, each once
	Grader       string   // the program, absolute
	Published    string   // the corrected students' repository, a folder, absolute
	Branch       string   // another for each correction
}

//go:embed job/pulls.sh
var pullsJob string

// Print prints the commands that open a pull request in each repository. None is run.
func (p Pulls) Print() (string, error) { return fill("pulls", pullsJob, p) }

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)

// Assigned are the repositories of an assignment, called OWNER/NAME: GitHub's classrooms
// put a dash and the student's login, or the group's name, behind it. Who has neither is
// listed by id.
func Assigned(people []Person, assignment string) (repositories, nameless []string, err error) {
	for _, p := range people {
		name := p.Group
		if name == "" {
			name = p.Login
		}
		if name == "" {
			nameless = append(nameless, p.ID)
			continue
		}
		repositories = append(repositories, assignment+"-"+name)
	}
	repositories, err = each(repositories)
	return repositories, nameless, err
}

// ReadRepositories reads a list of repositories, an OWNER/NAME on each line.
func ReadRepositories(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the repositories: %w", err)
	}
	return each(strings.Fields(string(text)))
}

// each wants names that GitHub has, and some; it leaves out what was named before.
func each(names []string) (repositories []string, err error) {
	for _, name := range names {
		if !repositoryName.MatchString(name) {
			return nil, fmt.Errorf("%q is no repository's OWNER/NAME on GitHub", name)
		}
		if !slices.ContainsFunc(repositories, func(r string) bool { return strings.EqualFold(r, name) }) {
			repositories = append(repositories, name)
		}
	}
	if len(repositories) == 0 {
		return nil, fmt.Errorf("there is no repository to correct")
	}
	return repositories, nil
}
