package cohort

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("class").Funcs(template.FuncMap{
	"file":    fileOf,
	"lost":    lost,
	"percent": func(n, of int) int { return 100 * n / max(of, 1) },
	"few":     func(n int) int { return min(n, mostRows) },
	"more":    func(n int) int { return max(0, n-mostRows) },
	"took": func(s float64) string {
		return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
	},
}).Parse(pageText))

// classPage is what the page of a class shows.
type classPage struct {
	Title     string
	Students  []Student
	Exercises []exerciseRow
	Failing   []checkRow // the check that fails most first
	Groups    []group    // the wrong repair that is made most first
	Missing   []string
	Odd       []string // what a person should know of how submissions were read
	Changes   []Change // since earlier results
	Points    string   // lowest, middle and highest, in words
	Seconds   float64
}

// exerciseRow sums one exercise up over the class.
type exerciseRow struct {
	Exercise
	Heads          bool // it is the first of its chapter
	Passed, Graded int
	Mean           float64
	Seconds        float64
}

// checkRow is how often one check fails.
type checkRow struct {
	Exercise, Check string
	Failed, Tried   int
}

// group is one way of being wrong, and who is wrong that way.
type group struct {
	Exercise, Check, Message string
	Students                 []string
	Evidence                 []string // of the first of them
}

const mostGroups = 60

// mostRows bounds each list of students on a page, which a browser would take minutes for
// where a hundred thousand are in it. Tables have them all.
const mostRows = 1000

func (b *Book) writePage(w io.Writer, students []Student, changes []Change) error {
	p := classPage{Title: cmp.Or(b.Header.Title, "Lockstep") + ": the class", Students: students, Changes: changes, Missing: b.Missing(), Odd: b.Odd()}
	checks := map[[2]string]*checkRow{}
	groups := map[[3]string]*group{}
	chapter := ""
	for _, e := range b.Header.Exercises {
		row := exerciseRow{Exercise: e, Heads: e.Chapter != chapter}
		chapter = e.Chapter
		points := 0
		for _, s := range students {
			r, ok := s.ByExercise[e.ID]
			if !ok {
				continue
			}
			row.Graded++
			points += r.Points
			row.Seconds += r.Seconds
			if r.Status == judge.Pass {
				row.Passed++
			}
			for _, v := range r.Checks {
				note(checks, groups, s.Name, e.ID, v)
			}
		}
		// That a program builds is only told of those that do not.
		if c := checks[[2]string{e.ID, exercise.Builds}]; c != nil {
			c.Tried = row.Graded
		}
		row.Mean = float64(points) / float64(max(row.Graded, 1))
		p.Seconds += row.Seconds
		p.Exercises = append(p.Exercises, row)
	}
	for _, c := range checks {
		if c.Failed > 0 {
			p.Failing = append(p.Failing, *c)
		}
	}
	slices.SortFunc(p.Failing, func(x, y checkRow) int {
		return cmp.Or(cmp.Compare(y.Failed, x.Failed), exercise.Order(x.Exercise, y.Exercise), cmp.Compare(x.Check, y.Check))
	})
	for _, g := range groups {
		p.Groups = append(p.Groups, *g)
	}
	slices.SortFunc(p.Groups, func(x, y group) int {
		return cmp.Or(cmp.Compare(len(y.Students), len(x.Students)), exercise.Order(x.Exercise, y.Exercise), cmp.Compare(x.Check, y.Check), cmp.Compare(x.Message, y.Message))
	})
	p.Groups = p.Groups[:min(len(p.Groups), mostGroups)]
	p.Points = spread(students)
	return pageTemplate.Execute(w, p)
}

func note(checks map[[2]string]*checkRow, groups map[[3]string]*group, student, id string, v judge.Verdict) {
	if v.Status != judge.Pass && v.Status != judge.Fail {
		return
	}
	k := [2]string{id, v.Check}
	if checks[k] == nil {
		checks[k] = &checkRow{Exercise: id, Check: v.Check}
	}
	checks[k].Tried++
	if v.Status == judge.Pass {
		return
	}
	checks[k].Failed++
	message := alike(v.Message)
	g := groups[[3]string{id, v.Check, message}]
	if g == nil {
		g = &group{Exercise: id, Check: v.Check, Message: message, Evidence: shown(v)}
		groups[[3]string{id, v.Check, message}] = g
	}
	g.Students = append(g.Students, student)
}

var number = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// alike is a message without the figures that differ from run to run.
func alike(message string) string {
	return number.ReplaceAllString(report.Escape(message, 200), "N")
}

// shown is the evidence of one verdict, short and harmless.
func shown(v judge.Verdict) []string {
	var lines []string
	for _, e := range report.Evidence(v) {
		for i, line := range e.Lines {
			label := ""
			if i == 0 {
				label = string(e.Kind)
			}
			if lines = append(lines, fmt.Sprintf("%-10s %s", label, report.Escape(line, 160))); len(lines) == 20 {
				return append(lines, "…")
			}
		}
	}
	return lines
}

// spread says in words how the class did.
func spread(students []Student) string {
	if len(students) == 0 {
		return "nobody is in this class"
	}
	points := make([]int, len(students))
	most, passed := 0, 0
	for i, s := range students {
		points[i] = s.Points
		most = max(most, s.Max)
		if s.Status == string(judge.Pass) {
			passed++
		}
	}
	slices.Sort(points)
	return strings.Join([]string{
		fmt.Sprintf("%d submissions", len(students)), fmt.Sprintf("%d pass everything", passed),
		fmt.Sprintf("points from %d over a median of %d to %d of %d", points[0], points[len(points)/2], points[len(points)-1], most),
	}, ", ")
}
