package proof

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// modeline is the first line of an exercise file: it names the schema.
const modeline = "# yaml-language-server: $schema=../exercise.schema.json"

// tidy looks at an exercise's folder: what has to be there, and nothing else.
func (p *Proof) tidy() {
	e := p.exercise
	if len(e.Hints) < 3 {
		p.fault("has %d hints; a student gets three, from a nudge to nearly the answer", len(e.Hints))
	}
	if len(e.Mutants) < 3 {
		p.fault("declares %d mutants; three wrong repairs show what its checks catch", len(e.Mutants))
	}
	for _, kind := range exercise.Usual {
		if _, spared := e.Spared[kind]; !spared && len(e.UsualMutants(kind)) == 0 {
			p.fault("has no mutant named %[1]s….go, a wrong repair that is tried everywhere (or say in spared.%[1]s why it can't be here)", kind)
		}
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, "README.md")); err != nil || len(strings.TrimSpace(string(text))) == 0 {
		p.fault("has no README.md")
	}
	if text, err := os.ReadFile(filepath.Join(e.Dir, exercise.FileName)); err == nil && !strings.HasPrefix(string(text), modeline) {
		p.fault("%s does not begin with the line %q, by which editors check it", exercise.FileName, modeline)
	}
	support := []string{exercise.FileName, "README.md", "mutants"}
	support = append(support, e.Edit...)
	for _, c := range e.Checks {
		support = append(support, c.StdoutFile)
	}
	for name, dir := range map[string]string{"": e.Dir, "mutants": filepath.Join(e.Dir, "mutants")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a missing mutants folder was told above
		}
		for _, entry := range entries {
			_, declared := e.Mutants[entry.Name()]
			if name == "mutants" && !declared || name == "" && !slices.Contains(support, entry.Name()) {
				p.fault("stray file %s", filepath.Join(submission.Shown(dir), entry.Name()))
			}
		}
	}
}
