package script

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// folder gives files to every run that follows.
func folder(c *call) error {
	c.shared, c.leaves = c.Shared, c.leaves || c.Shared
	for _, g := range c.Call.Given() {
		text, err := c.file(g.File)
		if err != nil {
			return err
		}
		c.given = append(c.given, plainFile(g.Name, text))
	}
	return nil
}

func plainFile(name, text string) box.File {
	return box.File{Name: name, Mode: 0o644, Size: int64(len(text)), Text: []byte(text)}
}

// carried is what the next run begins with; the claim does not hold where that can't be
// just what this one left.
func carried(o *box.Observation) ([]box.File, Claim) {
	c := Claim{Subject: "files", Outcome: exercise.OfFiles, Holds: true, Want: "files and folders that the next run can be given"}
	for _, f := range o.Left.Files {
		if kind := f.Mode.Type(); f.Unread || kind != 0 && kind != fs.ModeDir && kind != fs.ModeSymlink {
			c.Holds, c.Got = false, fmt.Sprintf("%q is %s", f.Name, describeFile(&f))
		}
	}
	if o.Left.More {
		c.Holds, c.Got = false, tooManyLeft(o)
	}
	return o.Left.Files, c
}

func tooManyLeft(o *box.Observation) string {
	return fmt.Sprintf("more files than are looked at, which are %d", len(o.Left.Files))
}

// mustLeave tries what must be in the folder after a run.
func (c *call) mustLeave(x exercise.Leaves) (test, error) {
	want := x.Pattern
	if x.How == "equals" {
		var err error
		if want, err = c.file(x.File); err != nil {
			return nil, err
		}
	}
	return func(e Execution) Claim { return claimLeft(e.Observation, x, want) }, nil
}

func claimLeft(o *box.Observation, x exercise.Leaves, want string) Claim {
	c := Claim{Subject: "files"}
	if x.How == "absent" {
		c.Holds, c.Want = true, "no file "+x.Name
		for _, f := range o.Left.Files {
			if ok, _ := path.Match(x.Name, f.Name); ok {
				c.Holds, c.Got = false, fmt.Sprintf("%q is left: %s", f.Name, describeFile(&f))
				break
			}
		}
		if c.Holds && o.Left.More {
			c.Holds, c.Got = false, tooManyLeft(o)
		}
	} else if i := slices.IndexFunc(o.Left.Files, func(f box.File) bool { return f.Name == x.Name }); i < 0 {
		c.Want, c.Got = "a file "+x.Name, "there is none: "+namesLeft(o)
		if o.Left.More {
			c.Got = tooManyLeft(o)
		}
	} else if f := &o.Left.Files[i]; f.Mode.Type() != 0 || f.Unread {
		c.Want, c.Got = "a file "+x.Name, "it is "+describeFile(f)
	} else if got := string(f.Text); x.How == "equals" {
		c = claimEquals("file "+x.Name, got, want)
	} else {
		c.Subject, c.Want, c.Got = "file "+x.Name, matching(want), orNothing(got)
		c.Holds = regexp.MustCompile("(?m)" + want).MatchString(got)
	}
	if c.Outcome != exercise.OfForm {
		c.Outcome = exercise.OfFiles
	}
	if !c.Holds {
		c.Said = excerpt("stderr", o.Stderr.Bytes, 8)
	}
	return c
}

// namesLeft says which files there are.
func namesLeft(o *box.Observation) string {
	const most = 12
	var names []string
	for _, f := range o.Left.Files {
		if names = append(names, fmt.Sprintf("%q", f.Name)); len(names) == most {
			names = append(names, "…")
			break
		}
	}
	if len(names) == 0 {
		return "the program left no file"
	}
	return "the program left " + strings.Join(names, ", ")
}

// describeFile says what lies there, if it is no plain file that can be read whole.
func describeFile(f *box.File) string {
	switch f.Mode.Type() {
	case 0:
		if f.Unread {
			return fmt.Sprintf("a file of %s, too large to be read or closed to readers", exercise.Bytes(f.Size))
		}
		return fmt.Sprintf("a file of %s", exercise.Bytes(f.Size))
	case fs.ModeDir:
		return "a folder"
	case fs.ModeSymlink:
		return fmt.Sprintf("a link to %q", f.Text)
	case fs.ModeNamedPipe:
		return "a pipe"
	case fs.ModeSocket:
		return "a socket"
	}
	return "no file"
}
