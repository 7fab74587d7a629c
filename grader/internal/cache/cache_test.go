package cache

import (
	"os"
	"path/filepath"
	"testing"
	"time"

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

func result(s judge.Status) judge.Result {
	r := judge.Result{Exercise: "10-lost-updates", Status: s, Points: 3, Max: 5, Checks: []judge.Verdict{
		{Check: "a", Status: judge.Pass, Points: 3, Max: 3}, {Check: "b", Status: s, Max: 2},
	}}
	if s == judge.Skipped {
		r.Status = judge.Fail
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
	for status, kept := range map[judge.Status]bool{
		judge.Pass: true, judge.Fail: true, judge.Skipped: true, judge.Error: false, judge.NotChecked: false, "": false, "odd": false,
	} {
		c := open(t)
		if err := c.Put(key("a"), result(status)); err != nil {
			t.Fatal(err)
		}
		r, ok := c.Find(key("a"), "10-lost-updates")
		if ok != kept {
			t.Errorf("%s: kept %v", status, ok)
		}
		if ok && (!r.Checks[0].Cached || !r.Checks[1].Cached || r.Points != 3) {
			t.Errorf("%s: got %+v", status, r)
		}
	}
}

func TestFindsNothingElse(t *testing.T) {
	c := open(t)
	if err := c.Put(key("a"), result(judge.Pass)); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Find(key("b"), "10-lost-updates"); ok {
		t.Error("another key is found")
	}
	if _, ok := c.Find(key("a"), "02-join-them-all"); ok {
		t.Error("another exercise is found")
	}
	// A file under another key's name: what stands in it counts.
	if err := os.Rename(c.file(key("a")), c.file(key("b"))); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Find(key("b"), "10-lost-updates"); ok {
		t.Error("a renamed entry is found")
	}
}

func TestDamageIsForgotten(t *testing.T) {
	c := open(t)
	for _, text := range []string{"", "{", "null", "[]", `{"key":"` + string(key("a")) + `"}`, `{"key":"` + string(key("a")) + `","result":{"id":"10-lost-updates","status":"pass"}}`} {
		if err := os.WriteFile(c.file(key("a")), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Find(key("a"), "10-lost-updates"); ok {
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
		if err := c.Put(key(name), result(judge.Pass)); err != nil {
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
		if _, ok := c.Find(key(name), "10-lost-updates"); ok != want {
			t.Errorf("%s: found %v", name, ok)
		}
	}
}
