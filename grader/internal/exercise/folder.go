package exercise

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// This file reads what is said of the folder that a program begins in.

const (
	programPattern = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	filePattern    = `^[\w.+-]+(/[\w.+-]+)*$`
	absentPattern  = `^[\w.+*?\[\]-]+(/[\w.+*?\[\]-]+)*$` // names, and patterns of path.Match
)

var (
	programForm = form(programPattern)
	fileForm    = form(filePattern)
	absentForm  = form(absentPattern)
)

// ProgramFile is the source of one of an exercise's programs, below its folder.
func ProgramFile(name string) string { return path.Join(ProgramsFolder, name, "main.go") }

// claims reports whether anything is wanted of what a run leaves.
func (f *Files) claims() bool {
	return f != nil && len(f.Left)+len(f.LeftMatch)+len(f.Absent)+len(f.EachChild) > 0
}

// GivenFile is a file of the folder, and the script's file that holds its text.
type GivenFile struct{ Name, File string }

// Given are the files that a folder's line gives.
func (c *Call) Given() []GivenFile {
	given := make([]GivenFile, len(c.Args))
	for i, word := range c.Args {
		given[i].Name, given[i].File, _ = strings.Cut(word, "=")
	}
	return given
}

func readFolder(c *Call, row *Command) error {
	seen := map[string]bool{}
	for i, g := range c.Given() {
		switch {
		case g.File == "":
			return row.usage(i)
		case !folderName(g.Name):
			return wrong(i, "folder: %q is not a file of the program's folder", g.Name)
		case seen[g.Name]:
			return wrong(i, "folder: %s is given twice", g.Name)
		}
		seen[g.Name] = true
	}
	return nil
}

func folderName(name string) bool { return fileForm().MatchString(name) && filepath.IsLocal(name) }

// Leaves is what a run must leave in its folder.
type Leaves struct {
	Name    string // or a pattern of names, of which there must be none
	How     string // equals, matches, absent
	File    string // what it is compared with: a file's name
	Pattern string // … or must match
}

func (x Leaves) words() []string {
	words := []string{"file", x.Name, x.How}
	if x.How == "absent" {
		return words
	}
	return append(words, x.File+x.Pattern)
}

func readLeaves(c *Claim, _ bool, words []string) (Expectation, error) {
	if len(words) < 2 {
		return nil, c.usage(-1)
	}
	x := Leaves{Name: words[0], How: words[1]}
	if x.How == "absent" {
		if why := x.unfit(); why != "" {
			return nil, wrong(0, "expect file: %s", why)
		}
		if len(words) > 2 {
			return nil, c.usage(2)
		}
		return x, nil
	}
	switch {
	case len(words) != 3:
		return nil, c.usage(-1)
	case !folderName(x.Name):
		return nil, wrong(0, "expect file: %q is not a file of the program's folder", x.Name)
	}
	switch x.How {
	case "equals":
		if x.File = words[2]; x.File == "" {
			return nil, c.usage(2)
		}
	case "matches":
		x.Pattern = words[2]
		if err := new(Pattern).parse(x.Pattern); err != nil {
			return nil, wrong(2, "expect file matches: found %q, needs %v", x.Pattern, err)
		}
	default:
		return nil, c.usage(1)
	}
	return x, nil
}

// unfit says why a name is none of what can be absent.
func (x Leaves) unfit() string {
	if _, err := path.Match(x.Name, ""); err != nil || !absentForm().MatchString(x.Name) || !filepath.IsLocal(x.Name) {
		return fmt.Sprintf("%q is not a file of the program's folder, or a pattern such as *.lock", x.Name)
	}
	return ""
}

// validateFolder checks what a check says of the program's folder.
func (d *decoder) validateFolder(c *Check, f *Files, where string) {
	switch {
	case len(f.Given) == 0 && !f.Shared && !f.claims():
		d.at(f, "%s says nothing; it can have given, shared, left, left_match, absent or each_child", where)
	case c.Races != nil:
		d.at(f, "%s is of plain runs: give races a check of its own", where)
	}
	if f.Shared && c.Repeat < 2 {
		d.at(&f.Shared, "%s.shared: there is one run; say repeat, or run the program several times in a script", where)
	}
	for _, table := range []struct {
		key   string
		table any
		names []string
	}{{"given", &f.Given, sorted(f.Given)}, {"left", &f.Left, sorted(f.Left)}, {"left_match", &f.LeftMatch, sorted(f.LeftMatch)}} {
		for _, name := range table.names {
			if !folderName(name) {
				d.at(entry{table.table, name}, "%s.%s: %q is not a file of the program's folder", where, table.key, name)
			}
		}
	}
	size := 0
	for _, name := range sorted(f.Given) {
		at := entry{&f.Given, name}
		size += len(mostDrawn(f.Given[name]))
		for other := range f.Given {
			if strings.HasPrefix(other, name+"/") {
				d.at(at, "%s.given: %s is a file and the folder of %s", where, name, other)
			}
		}
		if found, why := badDraw(f.Given[name]); found != "" {
			d.at(at, "%s.given.%s: %s", where, name, why)
		}
	}
	if size > mostGiven {
		d.at(&f.Given, "%s.given: found %s, needs %s at most", where, Bytes(size), Bytes(mostGiven))
	}
	for _, name := range sorted(f.Left) {
		if _, twice := f.LeftMatch[name]; twice {
			d.at(entry{&f.LeftMatch, name}, "%s.left_match: %s stands in left too; keep one", where, name)
		}
		if c.Run != nil && (c.Run.draws() || f.draws()) {
			d.at(entry{&f.Left, name}, "%s.left: what the program is given is drawn from the seed, so what it leaves can't be written down; use left_match", where)
		}
	}
	for i, name := range f.Absent {
		if why := (Leaves{Name: name}).unfit(); why != "" {
			d.at(&f.Absent[i], "%s.absent[%d]: %s", where, i+1, why)
		}
		for _, wanted := range append(sorted(f.Left), sorted(f.LeftMatch)...) {
			if ok, _ := path.Match(name, wanted); ok {
				d.at(&f.Absent[i], "%s.absent[%d]: %s must be left", where, i+1, wanted)
			}
		}
	}
}

// mostGiven bounds the texts that a check gives a program as files.
const mostGiven = 1 << 20
