package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/speedup"
)

// A bench that was killed while it wrote goes on with what was whole.
func TestBookGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "book.csv")
	first := verdict{round: 3, subject: "pool", load: "both", status: speedup.Pass, by: speedup.ByLogical, pairs: 2, took: 1250 * time.Millisecond, logical: 0.931, measured: 0.742, others: 0.012}
	second := verdict{round: 4, subject: "fetches", load: "idle", status: speedup.Fail, by: speedup.ByHonesty, pairs: 3, took: time.Second, others: -1}
	var read []verdict
	tell := func(v verdict) error { read = append(read, v); return nil }
	for _, v := range []verdict{first, second} {
		b, err := openBook(name, tell)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.write(v); err != nil {
			t.Fatal(err)
		}
		if _, err := b.file.WriteString("5,pool,bu"); err != nil {
			t.Fatal(err)
		}
		b.file.Close()
	}
	read = nil
	b, err := openBook(name, tell)
	if err != nil {
		t.Fatal(err)
	}
	b.file.Close()
	if len(read) != 2 || read[0] != first || read[1] != second {
		t.Errorf("read %+v", read)
	}
	for _, test := range []struct {
		round int
		load  string
		want  []string
	}{
		{3, "both", []string{"fetches"}},
		{3, "idle", []string{"pool", "fetches"}},
		{4, "idle", []string{"pool"}},
		{5, "bursts", []string{"pool", "fetches"}}, // the line that was cut off
	} {
		var got []string
		for _, s := range b.missing(test.round, load{name: test.load}, []subject{{name: "pool"}, {name: "fetches"}}) {
			got = append(got, s.name)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("round %d, load %q: missing are %q, want %q", test.round, test.load, got, test.want)
		}
	}
}

func TestBookBeginsAnew(t *testing.T) {
	for _, text := range []string{"", "round,pro"} {
		name := filepath.Join(t.TempDir(), "book.csv")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := openBook(name, newTable().add)
		if err != nil {
			t.Fatal(err)
		}
		b.file.Close()
		if now, err := os.ReadFile(name); err != nil || string(now) != strings.Join(columns, ",")+"\n" {
			t.Errorf("%q became %q: %v", text, now, err)
		}
	}
}

func TestBookRefuses(t *testing.T) {
	header := strings.Join(columns, ",") + "\n"
	for _, test := range []struct{ text, want string }{
		{"round,program\n", ":1: cannot go on with a file that is no book"},
		{"0,pool,idle,pass,nothing,3,1.4,0.9,0.8,0.0\n", "want the columns round,program"},
		{"somebody's notes, without a last newline", ":1: cannot go on"},
		{"a title\nsomebody's notes", ":1: cannot go on"},
		{header + "0,pool,idle,pass\n", ":2: "},
		{header + "0,puddle,idle,pass,nothing,3,1.4,0.9,0.8,0.0\n", `:2: cannot read a verdict: there is no program "puddle"`},
		{header + "0,pool,lazy,pass,nothing,3,1.4,0.9,0.8,0.0\n", `there is no load "lazy"`},
		{header + "0,pool,idle,fine,nothing,3,1.4,0.9,0.8,0.0\n", `there is no verdict "fine"`},
		{header + "0,pool,idle,pass,mood,3,1.4,0.9,0.8,0.0\n", `nothing decides by "mood"`},
		{header + "0,pool,idle,pass,nothing,many,1.4,0.9,0.8,0.0\n", `"many"`},
		{header + "0,pool,idle,pass,nothing,3,long,0.9,0.8,0.0\n", `"long"`},
	} {
		name := filepath.Join(t.TempDir(), "book.csv")
		if err := os.WriteFile(name, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := openBook(name, newTable().add)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got error %v, want one with %q", test.text, err, test.want)
		}
		if kept, err := os.ReadFile(name); err != nil || string(kept) != test.text {
			t.Errorf("%q became %q: %v", test.text, kept, err)
		}
	}
}
