package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// TestAttacks hands in every program of testdata/attacks, in each tier that is
// asked for, and wants two things: the verdict that its attack.yaml names, and that
// nothing is left when it is over. What outlives its limits gets another verdict, at last
// that the grader gave it up. What the screen of submissions refuses is then built and run
// without it, because the box must hold alone.
//
// It tries the strongest tier that the machine offers, and the weakest. With
// LOCKSTEP_ATTACK set to a list of tiers, or to "all", it tries those and prints
// a table.
func TestAttacks(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	ground := newGround(t)
	attacks := loadAttacks(t, ground)
	tiers, table := ground.tiersToTry(t)
	ground.build(t, attacks)
	for i, tier := range tiers {
		t.Run("tier_"+string(tier), func(t *testing.T) {
			try := attacks
			if i > 0 && !table {
				try = briefly(attacks)
			}
			results := ground.attempt(t, tier, try)
			if i == 0 || table {
				results = append(results, ground.besideBombs(t, tier, attacks))
			}
			if table {
				for _, r := range results {
					fmt.Println(r)
				}
			}
		})
	}
}

// briefly leaves out what says nothing new in a second tier: builds, and what
// waits for a limit on time.
func briefly(attacks []*attack) []*attack {
	return slices.DeleteFunc(slices.Clone(attacks), func(a *attack) bool {
		return a.Alone || strings.HasPrefix(a.name, "flood") || strings.HasPrefix(a.name, "spin")
	})
}

// tiersToTry are those that the machine offers, the strongest first.
func (g *ground) tiersToTry(t *testing.T) (tiers []box.Tier, table bool) {
	var offered []box.Tier
	for _, o := range box.Survey(t.Context()) {
		g.grouped[o.Tier] = o.Group
		if o.Works {
			offered = append(offered, o.Tier)
		}
	}
	if len(offered) == 0 {
		t.Fatal("no tier works here")
	}
	switch asked := os.Getenv("LOCKSTEP_ATTACK"); asked {
	case "":
		return slices.Compact([]box.Tier{offered[0], offered[len(offered)-1]}), false
	case "all":
		return offered, true
	default:
		for _, name := range strings.Fields(asked) {
			tiers = append(tiers, box.Tier(name))
		}
		return tiers, true
	}
}

// ground is where attacks are tried.
type ground struct {
	course   string
	programs *grading.Programs
	services map[string]string // words of attack.yaml, and addresses of the machine at which somebody listens
	temp     string            // where this process makes temporary files
	grouped  map[box.Tier]bool // tiers in which the kernel counts memory
}

func newGround(t *testing.T) *ground {
	t.Helper()
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{course: course, services: map[string]string{}, temp: t.TempDir(), grouped: map[box.Tier]bool{}}
	g.serve(t)
	adopt(t)
	t.Setenv("TMPDIR", g.temp)
	t.Setenv("GITHUB_TOKEN", "a-secret-that-no-program-may-see")
	return g
}

// serve makes services of the machine's.
func (g *ground) serve(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "") // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for word, at := range map[string][2]string{
		"LISTENER": {"tcp4", "127.0.0.1:0"}, "SOCKET": {"unix", filepath.Join(dir, "s")}, "ABSTRACT": {"unix", fmt.Sprintf("@lockstep-attacks-%d", os.Getpid())},
	} {
		l, err := net.Listen(at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		g.services[word] = l.Addr().String()
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	g.services["DATAGRAMS"] = c.LocalAddr().String()
}

// outcome is a line of the table.
type outcome struct {
	name, verdict string
	tier          box.Tier
	took          time.Duration
	left          []string
	right, open   bool // it got its verdict, and left nothing; the tier does not hold it
}

func (o outcome) String() string {
	left := "nothing"
	if len(o.left) > 0 {
		left = strings.Join(o.left, "; ")
	}
	return fmt.Sprintf("%-24s %s  %6.2fs  %-60.60s  left: %s", o.name, o.tier, o.took.Seconds(), o.verdict, left)
}

// build makes the programs of all attacks but those on the build itself.
func (g *ground) build(t *testing.T, attacks []*attack) {
	t.Helper()
	var together []grading.Task
	for _, a := range attacks {
		if len(a.task.Work.Problems) == 0 && !a.Alone {
			together = append(together, a.task)
		}
	}
	var err error
	if g.programs, err = grading.Build(t.Context(), g.course, t.TempDir(), together, grading.Options{}); err != nil {
		t.Fatal(err)
	}
}

// attempt runs one program after the other.
func (g *ground) attempt(t *testing.T, tier box.Tier, attacks []*attack) []outcome {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	var outcomes []outcome
	for _, a := range attacks {
		o := outcome{name: a.name, tier: tier}
		if why := g.open(a, tier); why != "" {
			o.verdict, o.open = "not held: "+why, true
			outcomes = append(outcomes, o)
			continue
		}
		o.right = t.Run(a.name, func(t *testing.T) {
			before := g.survey(t)
			begin := time.Now()
			r := g.run(ctx, t, tier, a)
			o.took = time.Since(begin)
			v := decisive(r)
			o.verdict = strings.TrimSuffix(string(v.Status)+": "+v.Message, ": ")
			o.left = before.leftBy(g.survey(t))
			if len(o.left) > 0 {
				t.Errorf("left behind: %s", strings.Join(o.left, "; "))
			}
			a.compare(t, tier, r)
		})
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// open says why a tier does not hold an attack here; empty: it does.
func (g *ground) open(a *attack, tier box.Tier) string {
	if why := a.Open[tier]; why != "" || g.grouped[tier] {
		return why
	}
	return a.Ungrouped
}

// run takes one attack from where it is built to its verdict.
func (g *ground) run(ctx context.Context, t *testing.T, tier box.Tier, a *attack) judge.Result {
	programs := g.programs
	if a.Alone {
		dir, err := os.MkdirTemp("", "build")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		bounded := grading.Options{Build: box.Limits{Wall: 20 * time.Second, Memory: 512 << 20}}
		if programs, err = grading.Build(ctx, g.course, dir, []grading.Task{a.task}, bounded); err != nil {
			t.Fatal(err)
		}
	}
	return programs.Grade(ctx, a.task, grading.Options{Tier: tier, Jobs: 1})
}

// decisive is the verdict that a result stands for: the first that is no pass.
func decisive(r judge.Result) judge.Verdict {
	for _, v := range r.Checks {
		if v.Status != judge.Pass {
			return v
		}
	}
	return r.Checks[0]
}

// compare holds a result against what the attack must get.
func (a *attack) compare(t *testing.T, tier box.Tier, r judge.Result) {
	want := a.Verdict
	if weaker, ok := a.Weaker[tier]; ok {
		want = weaker
	}
	v := decisive(r)
	said := v.Message
	for _, e := range v.Evidence {
		said += "\n" + strings.Join(e.Lines, "\n")
	}
	if len(a.Take) > 0 {
		want = words{"fail: " + a.Refused}
	}
	if !slices.ContainsFunc(want, func(w string) bool {
		status, words, _ := strings.Cut(w, ": ")
		return status == string(v.Status) && strings.Contains(said, words)
	}) {
		t.Errorf("got %s: %s\nwant %s", v.Status, said, strings.Join(want, " or "))
	}
	harmless(t, r)
}

// attack is one folder of testdata/attacks. Its Go files are what is handed in.
type attack struct {
	name string
	task grading.Task

	Attack    string              `yaml:"attack"`    // in a line, what is tried
	Refused   string              `yaml:"refused"`   // what the screen of submissions says to it; empty: it is taken
	Check     map[string]any      `yaml:"check"`     // a check, as in exercise.yaml; by default the program must print "held"
	Limits    map[string]any      `yaml:"limits"`    // as in exercise.yaml
	Verdict   words               `yaml:"verdict"`   // the verdict, or those that are as good: "STATUS: words that it must hold"
	Weaker    map[box.Tier]words  `yaml:"weaker"`    // another verdict in a weak tier
	Open      map[box.Tier]string `yaml:"open"`      // tiers that do not hold it, and why; it is not tried there
	Ungrouped string              `yaml:"ungrouped"` // why it is not held where no control group counts memory
	Alone     bool                `yaml:"alone"`     // built by itself, because it does harm to the build

	// What else is in the submission, beside the folder's tree/.
	Take  []string          `yaml:"take"`  // the files to be handed in, when they are not Go files of the folder
	Links map[string]string `yaml:"links"` // names of the exercise's folder, and what they point to
	Pipes []string          `yaml:"pipes"`
	Holes map[string]int64  `yaml:"holes"` // files of nothing but a length
}

// words is one text, or several.
type words []string

// harmless wants every report of a result to be safe to show and to read.
func harmless(t *testing.T, r judge.Result) {
	t.Helper()
	for name, text := range reportsOf(t, r) {
		if !utf8.ValidString(text) {
			t.Errorf("the %s report is not UTF-8", name)
		}
		for i, c := range text {
			if c != '\n' && (c < ' ' || c == 0x7f || 0x80 <= c && c < 0xa0 || 0x202a <= c && c <= 0x202e || c == 0x2028) {
				t.Errorf("the %s report holds %U near %.60q", name, c, text[max(0, i-20):])
				break
			}
		}
	}
}
