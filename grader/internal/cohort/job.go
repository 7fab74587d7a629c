package cohort

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"
)

// Job is what an engine has to be told to grade a class in parts.
type Job struct {
	Tasks       int
	Grader      string   // the program
	Course      string   // folders, absolute, that every part must see
	Submissions []string // …
	Out         string   // …
	Flags       []string // more of grader class
}

//go:embed job/slurm.sh
var slurmJob string

//go:embed job/kubernetes.yaml
var kubernetesJob string

//go:embed job/actions.yml
var actionsJob string

// Print prints the job for an engine.
func (j Job) Print(engine string) (string, error) {
	text, ok := map[string]string{"slurm": slurmJob, "kubernetes": kubernetesJob, "actions": actionsJob}[engine]
	if !ok {
		return "", fmt.Errorf("--print-job %s: there are slurm, kubernetes and actions", engine)
	}
	return fill(engine, text, j)
}

// fill fills in a job's text.
func fill(name, text string, values any) (string, error) {
	// The delimiters are none of YAML's, of GitHub's or of the shell's.
	t, err := template.New(name).Delims("<<", ">>").Funcs(template.FuncMap{"shell": shell, "base": filepath.Base}).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, values)
	return b.String(), err
}

// shell quotes words for a POSIX shell.
func shell(words ...any) string {
	var quoted []string
	add := func(word string) {
		if word != "" && !strings.ContainsFunc(word, special) {
			quoted = append(quoted, word)
			return
		}
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	for _, w := range words {
		switch w := w.(type) {
		case []string:
			for _, s := range w {
				add(s)
			}
		default:
			add(fmt.Sprint(w))
		}
	}
	return strings.Join(quoted, " ")
}

func special(c rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:,=@%", c)
}

// Last is the last task's index, from 0.
func (j Job) Last() int { return j.Tasks - 1 }

// Parts are the tasks' numbers, from 1.
func (j Job) Parts() []int {
	parts := make([]int, j.Tasks)
	for i := range parts {
		parts[i] = i + 1
	}
	return parts
}

// Mount is the innermost folder that holds all others.
func (j Job) Mount() string {
	mount := j.Course
	for _, dir := range append([]string{j.Out, j.Grader}, j.Submissions...) {
		for mount != "/" && !strings.HasPrefix(dir+"/", strings.TrimSuffix(mount, "/")+"/") {
			mount = filepath.Dir(mount)
		}
	}
	return mount
}
