package cohort

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/report"
)

// layout says where in a submission the exercises lie. People hand in what they have: the
// whole repository or one exercise of it, below a folder or two of their own.
type layout struct {
	places map[string]string // by exercise: the folder of its files, slash-separated
	clash  map[string]string // by exercise: why none of several is taken
	odd    []string          // what a person should know of what was taken
	there  string            // what lies at the top
	taken  int               // files of a repository that lie where they belong, and were not looked for
}

// Bounds on how much of a submission is looked at for them.
const (
	mostFiles = 20_000
	mostDepth = 6
	mostShown = 6
)

// layOut finds exercises among a submission's files. The folder of an exercise has its
// name; of several, that counts which lies where it belongs, or else least deep. Where
// only one exercise is graded, its files may also lie in a folder that is called
// otherwise, but not as another exercise of the course.
func layOut(files []string, exercises []*exercise.Exercise, course []string) layout {
	l := layout{places: map[string]string{}, clash: map[string]string{}, there: shownTop(files)}
	below := map[string]bool{}
	for _, e := range exercises {
		found := holding(files, e, func(dir string) bool { return path.Base(dir) == e.ID })
		if len(found) == 0 && len(exercises) == 1 {
			found = holding(files, e, func(dir string) bool {
				return !slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return slices.Contains(course, part) })
			})
		}
		if len(found) == 0 {
			continue
		}
		first := found[0]
		if len(found) > 1 && rank(first, e) == rank(found[1], e) {
			l.clash[e.ID] = fmt.Sprintf("there are %d: %s; hand in one", len(found), shownNames(found))
			l.odd = append(l.odd, e.ID+": "+l.clash[e.ID])
			continue
		}
		l.places[e.ID] = first
		if len(found) > 1 {
			l.odd = append(l.odd, fmt.Sprintf("%s: %s counts, and not %s", e.ID, named(first), shownNames(found[1:])))
		}
		if up := path.Dir(first); first != e.ID && up != "exercises" && first != "." {
			below[strings.TrimSuffix(strings.TrimSuffix(up, "exercises"), "/")] = true
			if path.Base(first) != e.ID {
				below[first] = true
			}
		}
	}
	delete(below, ".")
	if len(below) > 0 {
		var names []string
		for name := range below {
			names = append(names, name)
		}
		slices.Sort(names)
		l.odd = append(l.odd, "taken from below "+shownNames(names))
	}
	return l
}

// holding are the folders that hold an exercise's files, best first.
func holding(files []string, e *exercise.Exercise, is func(dir string) bool) []string {
	var dirs []string
	for _, file := range files {
		for _, name := range e.Edit {
			if dir, ok := strings.CutSuffix("./"+file, "/"+name); ok {
				if dir = path.Clean(dir); is(dir) {
					dirs = append(dirs, dir)
				}
			}
		}
	}
	slices.SortStableFunc(dirs, func(x, y string) int {
		return cmp.Or(cmp.Compare(rank(x, e), rank(y, e)), strings.Compare(x, y))
	})
	if len(e.Edit) == 1 {
		return dirs // the same one twice are two files of one name
	}
	return slices.Compact(dirs)
}

func rank(dir string, e *exercise.Exercise) int {
	switch dir {
	case "exercises/" + e.ID:
		return 0
	case e.ID:
		return 1
	}
	return 2 + strings.Count("/"+strings.TrimPrefix(dir, "."), "/")
}

// listFolder names the files of a folder, of which links are some, as far as anybody
// looks. What belongs to git, to packers and to tools is left out.
func listFolder(dir string) (files []string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == ".":
			return err
		case err != nil || ofTools(d.Name()) || d.IsDir() && strings.Count(name, "/") >= mostDepth:
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case len(files) == mostFiles:
			return fs.SkipAll
		case !d.IsDir():
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// ofTools reports whether a name is of something that nobody handed in on purpose.
func ofTools(name string) bool {
	return strings.HasPrefix(name, ".") || name == "__MACOSX" || name == "node_modules" || name == "Thumbs.db" || name == "desktop.ini"
}

// shownTop says what lies at the top of a submission.
func shownTop(files []string) string {
	var names []string
	for _, file := range files {
		name, _, inside := strings.Cut(file, "/")
		if ofTools(name) {
			continue
		}
		if inside {
			name += "/"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "it is empty"
	}
	slices.Sort(names)
	return "what lies there: " + shownNames(names)
}

func shownNames(names []string) string {
	var shown []string
	for i, name := range names {
		if i == mostShown {
			shown = append(shown, "…")
			break
		}
		shown = append(shown, report.Escape(named(name), 120))
	}
	return strings.Join(shown, ", ")
}

// named is a folder as a person would name it.
func named(dir string) string {
	if dir == "." {
		return "the top"
	}
	return dir
}
