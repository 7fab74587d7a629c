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
)

// manifestName is the file in which a published folder remembers what was
// published, so that the next time tells a student's change from the course's.
const manifestName = ".published.json"

type manifest struct {
	Version int                     `json:"version"`
	Files   map[string]manifestFile `json:"files"`
}

type manifestFile struct {
	Sum  string `json:"sha256"`
	Work bool   `json:"work,omitempty"`
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

func (t Tree) manifest() ([]byte, error) {
	m := manifest{Version: 1, Files: map[string]manifestFile{}}
	for name, f := range t {
		m.Files[name] = manifestFile{Sum: sum(f.Text), Work: f.Work}
	}
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
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
		err = json.Unmarshal(text, &old)
	}
	if err != nil {
		return old, fmt.Errorf("cannot read %s: %w", filepath.Join(dir, manifestName), err)
	}
	return old, nil
}

func (t Tree) changes(root *os.Root, old manifest) ([]Change, error) {
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(t)) {
		f := t[name]
		text, mode, err := present(root, name)
		if err != nil {
			return nil, err
		}
		before, published := old.Files[name]
		switch {
		case text == nil:
			changes = append(changes, Change{name, New})
		case bytes.Equal(text, f.Text) && mode == f.mode():
		case f.Work && (!published || sum(text) != before.Sum):
			if !bytes.Equal(text, f.Text) {
				changes = append(changes, Change{name, Kept})
			}
		default:
			changes = append(changes, Change{name, Changed})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old.Files)) {
		if _, still := t[name]; still || !filepath.IsLocal(name) {
			continue
		}
		text, _, err := present(root, name)
		switch {
		case err != nil:
			return nil, err
		case text == nil:
		case old.Files[name].Work && sum(text) != old.Files[name].Sum:
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

// Write makes dir what t says, but for students' work, and returns what it did.
func (t Tree) Write(dir string) (changes []Change, err error) {
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
	text, err := t.manifest()
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
