package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName is the file in which a published folder remembers what was
// published, so that the next time tells a student's change from the course's.
const manifestName = ".published.json"

// manifest is what is remembered: where the course is to be had, which files were
// published, and, of those that are for students to change, their sums.
type manifest struct {
	Version int `json:"version"` // 2
	Options
	Files map[string]string `json:"files"`          // names by folder, with spaces between
	Work  map[string]string `json:"work,omitempty"` // sums by name
}

// names are those of all files that were published.
func (m manifest) names() map[string]bool {
	names := map[string]bool{}
	for dir, files := range m.Files {
		for name := range strings.FieldsSeq(files) {
			names[path.Join(dir, name)] = true
		}
	}
	return names
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

func (t Tree) manifest(o Options) ([]byte, error) {
	m := manifest{Version: 2, Options: o, Files: map[string]string{}, Work: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if f := t[name]; f.Work {
			m.Work[name] = sum(f.Text)
		}
		dir := path.Dir(name)
		m.Files[dir] = strings.TrimSpace(m.Files[dir] + " " + path.Base(name))
	}
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
}

// Published are the options that a folder was published with; zero where it was not.
func Published(dir string) (Options, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Options{}, nil
	}
	if err != nil {
		return Options{}, fmt.Errorf("cannot publish: %w", err)
	}
	defer root.Close()
	m, err := readManifest(root, dir)
	return m.Options, err
}

// Change is one difference between a Tree and a folder.
type Change struct {
	Name string
	Kind ChangeKind
}

// ChangeKind says what publishing does with a file.
type ChangeKind string

const (
	New     ChangeKind = "new"     // it will be there
	Changed ChangeKind = "changed" // its text or mode will be another
	Gone    ChangeKind = "gone"    // it was published once and is no longer
	Kept    ChangeKind = "kept"    // a student's work; it stays as it is
)

// Compare tells what writing t to dir would do, by name.
func (t Tree) Compare(dir string) (changes []Change, err error) {
	defer failed(&err)
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return t.changes(nil, manifest{})
	} else if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	old, err := readManifest(root, dir)
	if err != nil {
		return nil, err
	}
	return t.changes(root, old)
}

func failed(err *error) {
	if *err != nil {
		*err = fmt.Errorf("cannot publish: %w", *err)
	}
}

// Read reads what was published to a folder, and with which options. Files that were
// not are left out.
func Read(dir string) (t Tree, o Options, err error) {
	defer failed(&err)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, o, err
	}
	defer root.Close()
	m, err := readManifest(root, dir)
	if err != nil {
		return nil, o, err
	}
	if len(m.Files) == 0 {
		return nil, o, fmt.Errorf("nothing was published to %s", dir)
	}
	t = Tree{}
	for name := range m.names() {
		if !filepath.IsLocal(name) {
			return nil, o, fmt.Errorf("%s names %s, which is outside", manifestName, name)
		}
		text, mode, err := present(root, name)
		if err == nil && text == nil {
			err = fmt.Errorf("%s is not there any more", name)
		}
		if err == nil && m.Work[name] != "" && sum(text) != m.Work[name] {
			err = fmt.Errorf("%s was changed since it was published", name)
		}
		if err != nil {
			return nil, o, err
		}
		t[name] = File{Text: text, Executable: mode == 0o755, Work: m.Work[name] != ""}
	}
	return t, m.Options, nil
}

func readManifest(root *os.Root, dir string) (old manifest, err error) {
	text, err := root.ReadFile(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			if e.Name() != ".git" {
				return old, fmt.Errorf("%s holds %s and was not published before; name an empty folder", dir, e.Name())
			}
		}
		return old, err
	}
	if err == nil {
		if err = json.Unmarshal(text, &old); err != nil {
			old, err = first(text)
		}
	}
	if err != nil {
		return old, fmt.Errorf("cannot read %s: %w", filepath.Join(dir, manifestName), err)
	}
	return old, nil
}

// first reads a manifest of version 1, which had a sum for each file.
func first(text []byte) (m manifest, err error) {
	var old struct {
		Files map[string]struct {
			Sum  string `json:"sha256"`
			Work bool   `json:"work"`
		} `json:"files"`
	}
	m.Files, m.Work = map[string]string{}, map[string]string{}
	err = json.Unmarshal(text, &old)
	for name, f := range old.Files {
		m.Files[path.Dir(name)] += " " + path.Base(name)
		if f.Work {
			m.Work[name] = f.Sum
		}
	}
	return m, err
}

func (t Tree) changes(root *os.Root, old manifest) ([]Change, error) {
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(t)) {
		f := t[name]
		text, mode, err := present(root, name)
		if err != nil {
			return nil, err
		}
		before, published := old.Work[name]
		switch {
		case text == nil:
			changes = append(changes, Change{name, New})
		case bytes.Equal(text, f.Text) && mode == f.mode():
		case f.Work && (!published || sum(text) != before):
			if !bytes.Equal(text, f.Text) {
				changes = append(changes, Change{name, Kept})
			}
		default:
			changes = append(changes, Change{name, Changed})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old.names())) {
		if _, still := t[name]; still || !filepath.IsLocal(name) {
			continue
		}
		text, _, err := present(root, name)
		switch {
		case err != nil:
			return nil, err
		case text == nil:
		case old.Work[name] != "" && sum(text) != old.Work[name]:
			changes = append(changes, Change{name, Kept})
		default:
			changes = append(changes, Change{name, Gone})
		}
	}
	return changes, nil
}

func (f File) mode() fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// present reads what stands at a name; text is nil where nothing does.
func present(root *os.Root, name string) (text []byte, mode fs.FileMode, err error) {
	if root == nil {
		return nil, 0, nil
	}
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no plain file", name)
	}
	if err == nil {
		text, err = root.ReadFile(name)
	}
	if err != nil {
		return nil, 0, err
	}
	mode = 0o644
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	if text == nil {
		text = []byte{}
	}
	return text, mode, nil
}

// Write makes dir what t says, but for students' work, remembers the options there, and
// returns what it did.
func (t Tree) Write(dir string, o Options) (changes []Change, err error) {
	if changes, err = t.Compare(dir); err != nil {
		return nil, err
	}
	defer failed(&err)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, c := range changes {
		switch c.Kind {
		case New, Changed:
			err = put(root, c.Name, t[c.Name])
		case Gone:
			err = root.Remove(c.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	text, err := t.manifest(o)
	if err != nil {
		return nil, err
	}
	return changes, put(root, manifestName, File{Text: text})
}

func put(root *os.Root, name string, f File) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	if err := root.WriteFile(name, f.Text, f.mode()); err != nil {
		return err
	}
	return root.Chmod(name, f.mode())
}
