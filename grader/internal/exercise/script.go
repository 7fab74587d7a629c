package exercise

import (
	"fmt"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// refused are testscript's own commands that would start or signal a process
// past the box. `exec` can't be overridden by a custom command, so a script that
// uses it is refused when it is loaded.
var refused = map[string]string{
	"exec": "use program, which runs the student's program inside its limits",
	"kill": "a run that must be cut short has a wall limit",
	"wait": "program returns when every process of the run has ended",
	"stop": "a script has no background processes to stop",
}

// validateScript refuses what an instructor's script may not contain: commands
// that start processes past the box, and files that leave the work folder.
func (d *decoder) validateScript(c *Check, where string) {
	archive := txtar.Parse([]byte(c.Script))
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		words := strings.Fields(line)
		for len(words) > 0 && (words[0] == "!" || words[0] == "?" || strings.HasPrefix(words[0], "[")) {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		command := strings.Trim(words[0], "'")
		if why, bad := refused[command]; bad {
			d.inScript(c, i, "%s: script: %s is refused: %s", where, command, why)
		}
		if words[len(words)-1] == "&" {
			d.inScript(c, i, "%s: script: a command can't run in the background", where)
		}
	}
	for _, f := range archive.Files {
		if path.IsAbs(f.Name) || path.Clean(f.Name) != f.Name || strings.HasPrefix(f.Name, "..") || strings.Contains(f.Name, "$") {
			d.inScript(c, strings.Count(string(archive.Comment), "\n"), "%s: script file %q leaves the script's folder", where, f.Name)
		}
	}
}

// inScript records an error at a line of a script, which begins below its key.
func (d *decoder) inScript(c *Check, line int, format string, args ...any) {
	pos := d.places[&c.Script]
	pos.Line += line + 1
	pos.Column = 1
	d.errors = append(d.errors, Error{pos, fmt.Sprintf(format, args...)})
}
