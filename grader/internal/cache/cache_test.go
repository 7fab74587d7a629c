package cache

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

func open(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "verdicts"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// result has a check of every status that there is.
func result() judge.Result {
	r := judge.Result{Exercise: "10-lost-updates", Status: judge.Error}
	for _, s := range []judge.Status{judge.Pass, judge.Fail, judge.Skipped, judge.Error, judge.NotChecked, "", "odd"} {
		r.Checks = append(r.Checks, judge.Verdict{Check: "is " + string(s), Status: s, Points: 3, Max: 5})
	}
	return r
}

func key(parts ...string) Key {
	i := NewIngredients()
	for _, p := range parts {
		i.Text("part", p)
	}
	return i.Key()
}

func TestKeepsWhatWasSeen(t *testing.T) {
	c := open(t)
	r := result()
	r.Checks = append(r.Checks, judge.Verdict{Check: exercise.Builds, Status: judge.Fail})
	if err := c.Put(key("a"), r); err != nil {
		t.Fatal(err)
	}
	known := c.Find(key("a"), "10-lost-updates")
	if len(known) != 2 {
		t.Errorf("kept %v", known)
	}
	for _, name := range []string{"is pass", "is fail"} {
		if v := known[name]; !v.Cached || v.Points != 3 || v.Max != 5 || "is "+string(v.Status) != name {
			t.Errorf("%s: got %+v", name, v)
		}
	}
}

func TestFindsNothingElse(t *testing.T) {
	c := open(t)
	if err := c.Put(key("a"), result()); err != nil {
		t.Fatal(err)
	}
	if len(c.Find(key("b"), "10-lost-updates")) > 0 {
		t.Error("another key is found")
	}
	if len(c.Find(key("a"), "02-join-them-all")) > 0 {
		t.Error("another exercise is found")
	}
	// A file under another key's name: what stands in it counts.
	if err := os.Rename(c.file(key("a")), c.file(key("b"))); err != nil {
		t.Fatal(err)
	}
	if len(c.Find(key("b"), "10-lost-updates")) > 0 {
		t.Error("a renamed entry is found")
	}
}

func TestDamageIsForgotten(t *testing.T) {
	c := open(t)
	for _, text := range []string{"", "{", "null", "[]", `{"key":"` + string(key("a")) + `"}`, `{"key":"` + string(key("a")) + `","exercise":"10-lost-updates","verdicts":[{"name":"a","status":"skipped"}]}`} {
		if err := os.WriteFile(c.file(key("a")), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(c.Find(key("a"), "10-lost-updates")) > 0 {
			t.Errorf("%q is found", text)
		}
	}
}

// Two different sets of ingredients never give one key.
func TestKeysTellPartsApart(t *testing.T) {
	keys := map[Key]string{}
	add := func(name string, k Key) {
		if other, twice := keys[k]; twice {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[k] = name
	}
	add("none", key())
	add("ab", key("ab"))
	add("a, b", key("a", "b"))
	add("b, a", key("b", "a"))
	add("empty", key(""))
	i := NewIngredients()
	i.Files("files", map[string][]byte{"a": []byte("1"), "b": []byte("2")})
	add("files", i.Key())
	j := NewIngredients()
	j.Files("files", map[string][]byte{"a": []byte("12"), "b": nil})
	add("other files", j.Key())
	k := NewIngredients()
	k.Files("other", map[string][]byte{"a": []byte("1"), "b": []byte("2")})
	add("other name", k.Key())
	same := NewIngredients()
	same.Files("files", map[string][]byte{"b": []byte("2"), "a": []byte("1")})
	if same.Key() != i.Key() {
		t.Error("the order of a map matters")
	}
}

func TestTrim(t *testing.T) {
	c := open(t)
	for _, name := range []string{"old", "used", "new"} {
		if err := c.Put(key(name), result()); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, name := range []string{"old", "used"} {
		if err := os.Chtimes(c.file(key(name)), now, now.Add(-2*Keep)); err != nil {
			t.Fatal(err)
		}
	}
	c.Find(key("used"), "10-lost-updates")
	if err := c.Trim(now.Add(-Keep)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"old": false, "used": true, "new": true} {
		if known := c.Find(key(name), "10-lost-updates"); len(known) > 0 != want {
			t.Errorf("%s: found %v", name, known)
		}
	}
}
