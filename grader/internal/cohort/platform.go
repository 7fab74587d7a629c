package cohort

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/report"
)

// handouts are the names under which learning platforms hand out what was handed in: the
// student, a number of the student's, and, of a file, what the student called it.
var handouts = []*regexp.Regexp{
	// Moodle: "Ada Lovelace_12345_assignsubmission_file_", a folder or the beginning of a file's name.
	regexp.MustCompile(`^(.+)_([0-9]+)_assignsubmission_(?:file|onlinetext)_?(.*)$`),
	// Canvas: "lovelaceada_12345_67890_main.go", "lovelaceada_LATE_12345_67890_main.go".
	regexp.MustCompile(`^([^_]+)_(?:LATE_)?([0-9]+)_[0-9]+_(.+\..+)$`),
}

// again is what Canvas makes of the name of a file that was handed in once more.
var again = regexp.MustCompile(`^(.*)-[0-9]+(\.[^.]+)$`)

// platform is a folder as a learning platform hands it out.
type platform struct {
	dir      string
	students map[[2]string]*Submission // by name and number
}

// take takes an entry of the folder that is called as a platform calls it.
func (p *platform) take(entry string, info os.FileInfo) bool {
	for _, form := range handouts {
		m := form.FindStringSubmatch(entry)
		if m == nil || info.IsDir() == (m[3] != "") || !info.IsDir() && !info.Mode().IsRegular() {
			continue
		}
		path, who := filepath.Join(p.dir, entry), [2]string{m[1], m[2]}
		s := p.students[who]
		if s == nil {
			s = &Submission{Student: report.Escape(m[1], len(m[1])), Path: path, Number: m[2], Kind: Files, Parts: map[string]string{}}
			p.students[who] = s
		}
		s.Late = s.Late || strings.HasPrefix(entry, m[1]+"_LATE_"+m[2])
		switch {
		case !info.IsDir():
			s.Parts[m[3]] = path
		case strings.Contains(entry, "_assignsubmission_file"):
			s.Path, s.Kind = path, Folder
		}
		return true
	}
	return false
}

// submissions are those of all students. Two of one name are told apart by their numbers.
func (p *platform) submissions() []Submission {
	count := map[string]int{}
	for who := range p.students {
		count[who[0]]++
	}
	var all []Submission
	for _, who := range slices.SortedFunc(maps.Keys(p.students), func(x, y [2]string) int {
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	}) {
		s := *p.students[who]
		if count[who[0]] > 1 {
			s.Student += " " + who[1]
		}
		if s.Kind == Files && len(s.Parts) == 1 {
			for name, path := range s.Parts {
				if isZip(name) {
					s.Path, s.Kind, s.Parts = path, Zip, nil
				}
			}
		}
		for name, path := range s.Parts {
			if m := again.FindStringSubmatch(name); m != nil && s.Parts[m[1]+m[2]] == "" {
				delete(s.Parts, name)
				s.Parts[m[1]+m[2]] = path
			}
		}
		all = append(all, s)
	}
	return all
}
