package cohort

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ada", "exercises", "01-first", "main.go"), "")
	write(t, filepath.Join(dir, "bob", "01-first", "main.go"), "")
	write(t, filepath.Join(dir, "carl.zip"), "")
	write(t, filepath.Join(dir, "dora", ".git", "HEAD"), "")
	write(t, filepath.Join(dir, "eve.git", "HEAD"), "")
	write(t, filepath.Join(dir, "eve.git", "objects", "x"), "")
	write(t, filepath.Join(dir, "eve.git", "refs", "x"), "")
	write(t, filepath.Join(dir, "nothing", "essay.txt"), "")
	write(t, filepath.Join(dir, "notes.txt"), "")
	write(t, filepath.Join(dir, ".hidden", "x"), "")
	if err := os.Symlink("ada", filepath.Join(dir, "frank")); err != nil {
		t.Fatal(err)
	}
	found, ignored, err := Find([]string{dir}, first(), course)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range found {
		got = append(got, fmt.Sprint(s.Student, s.Kind))
	}
	if strings.Join(got, " ") != "ada0 bob0 carl2 dora1 eve1 nothing0" {
		t.Errorf("found %q", got)
	}
	if len(ignored) != 2 {
		t.Errorf("ignored %q", ignored)
	}
	if alone, _, err := Find([]string{filepath.Join(dir, "ada")}, first(), course); err != nil || len(alone) != 1 || alone[0].Student != "ada" {
		t.Errorf("a submission by itself: %v, %v", alone, err)
	}
	write(t, filepath.Join(dir, "ada.zip"), "")
	found, _, err = Find([]string{dir}, first(), course)
	if _, several := alone(found, ""); err != nil || several == nil || !strings.Contains(several.Error(), "ada has several submissions: ") {
		t.Errorf("two of one name: %v, %v", err, several)
	}
}

// course is what all exercises are called.
var course = []string{"01-first", "02-second"}

func first() []*exercise.Exercise {
	return []*exercise.Exercise{{ID: "01-first", Edit: []string{"main.go"}}}
}

// TestZip packs what a zip file can hold to fool or harm who unpacks it.
func TestZip(t *testing.T) {
	const honest = "package main\n"
	pack := func(put func(z *zip.Writer)) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		put(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	add := func(z *zip.Writer, name, text string, mode fs.FileMode) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		zip     string
		taken   string
		problem string // part of it
	}{
		"flat":          {pack(func(z *zip.Writer) { add(z, "01-first/main.go", honest, 0o644) }), honest, ""},
		"one folder":    {pack(func(z *zip.Writer) { add(z, "work-main/exercises/01-first/main.go", honest, 0o644) }), honest, ""},
		"Windows names": {pack(func(z *zip.Writer) { add(z, `exercises\01-first\main.go`, honest, 0o644) }), honest, ""},
		"climbs out":    {pack(func(z *zip.Writer) { add(z, "../01-first/main.go", honest, 0o644) }), honest, ""},
		"a link":        {pack(func(z *zip.Writer) { add(z, "01-first/main.go", "/etc/passwd", fs.ModeSymlink|0o777) }), "", "is a symbolic link"},
		"a bomb":        {pack(func(z *zip.Writer) { add(z, "01-first/main.go", strings.Repeat("x", 64<<20), 0o644) }), "", "at most"},
		"many files": {pack(func(z *zip.Writer) {
			for i := range 20_000 {
				add(z, fmt.Sprint("many/", i), "", 0o644)
			}
			add(z, "01-first/main.go", honest, 0o644)
		}), honest, ""},
		"a long list": {pack(func(z *zip.Writer) {
			for i := range 300 {
				add(z, fmt.Sprint(i, strings.Repeat("x", 60_000)), "", 0o644)
			}
			add(z, "01-first/main.go", honest, 0o644)
		}), "", "its list of files takes more"},
		"no zip": {"nothing of the kind", "", "the zip file can't be read"},
		"empty":  {pack(func(*zip.Writer) {}), "", "there is no such file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "s.zip")
			write(t, file, test.zip)
			dir := t.TempDir()
			tree, err := Submission{Student: "s", Path: file, Kind: Zip}.Open(context.Background(), first(), course, time.Time{}, dir)
			if err != nil {
				t.Fatal(err)
			}
			work, err := tree.Take(first()[0])
			if err != nil {
				t.Fatal(err)
			}
			problem := ""
			if len(work.Problems) > 0 {
				problem = work.Problems[0].String()
			}
			if string(work.Files["main.go"]) != test.taken || (problem == "") != (test.problem == "") || !strings.Contains(problem, test.problem) {
				t.Errorf("took %.40q, problem %q", work.Files["main.go"], problem)
			}
			if strings.Contains(problem, dir) {
				t.Errorf("the problem tells a path of this machine: %s", problem)
			}
		})
	}
}

func line(student, exercise string, points int, status judge.Status, graded int64) Line {
	return Line{Student: student, Digest: "d", Graded: time.Unix(graded, 0).UTC(), Result: judge.Result{
		Exercise: exercise, Status: status, Points: points, Max: 2,
		Checks: []judge.Verdict{{Check: "c", Status: status, Points: points, Max: 2, Message: fmt.Sprintf("stdout: expected 1, seen %d", points)}},
	}}
}

// TestBookKnowsNoOrder adds the same results in many orders and numbers.
func TestBookKnowsNoOrder(t *testing.T) {
	lines := []Line{
		line("ada", "01", 0, judge.Error, 9), line("ada", "01", 2, judge.Pass, 1), line("ada", "01", 1, judge.Fail, 3),
		line("ada", "01", 2, judge.Pass, 3), line("bob", "02", 1, judge.Fail, 1), line("bob", "02", 0, judge.Error, 2),
	}
	want := ""
	for range 50 {
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		var b Book
		for range 2 {
			for _, l := range lines {
				b.Add(l)
			}
		}
		got := fmt.Sprint(b.Lines())
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if l, _ := b.Result("bob", "02"); l.Result.Status != judge.Fail {
			t.Fatalf("an error of the grader's counts: %+v", l)
		}
	}
}

func header() Header {
	return Header{Course: "c", Version: "f00", Seed: 1, Exercises: []Exercise{{"01", "One", 2, "First"}, {"02", "Two", 2, "Second"}}, Roster: []string{"ada", "bob"}}
}

// TestJournal writes two journals, one of them torn, and reads them as one.
func TestJournal(t *testing.T) {
	dir := t.TempDir()
	for _, l := range []Line{line("ada", "01", 2, judge.Pass, 1), line("bob", "01", 1, judge.Fail, 1)} {
		j, err := OpenJournal(dir, header())
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Add(l); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "journal", "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	f, err := os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"student":"ada","digest":"d","resu`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	b, torn, err := Read(dir)
	if err != nil || torn != 1 || len(b.Lines()) != 2 || len(b.Header.Roster) != 2 {
		t.Fatalf("%d lines, %d torn, %v", len(b.Lines()), torn, err)
	}
	ada := Line{Student: "ada", Digest: "d"}
	if !b.Done(ada, "01") || b.Done(Line{Student: "ada", Digest: "other files"}, "01") || b.Done(ada, "02") {
		t.Error("what is done is not what is in the journal")
	}
	if got := strings.Join(b.Missing(), "\n"); !strings.Contains(got, "ada: 1 of 2") || !strings.Contains(got, "bob: 1 of 2") {
		t.Errorf("missing: %s", got)
	}
	other := header()
	other.Course = "another"
	if b.Fits(other) {
		t.Error("another course's results fit")
	}
	j, err := OpenJournal(dir, other)
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	if _, _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "what differs: the course") {
		t.Errorf("journals of two courses were read as one: %v", err)
	}
}

// TestOutput writes a class's results twice and wants the table that it can count on.
func TestOutput(t *testing.T) {
	var b Book
	b.Header = header()
	b.Header.Lockstep = JournalForm
	b.Enrol([]string{"=cmd()", "<script>alert(1)</script>"})
	b.Add(line("ada", "01", 2, judge.Pass, 1))
	b.Add(line("ada", "02", 2, judge.Pass, 1))
	b.Add(line("bob", "01", 1, judge.Fail, 1))
	b.Add(line("bob", "02", 0, judge.Error, 1))
	b.Header.Roster = []string{"=cmd()", "ada", "bob"}
	dir := t.TempDir()
	for range 2 {
		if err := b.Write(t.Context(), dir, nil); err != nil {
			t.Fatal(err)
		}
		if err := b.Merge(dir); err != nil {
			t.Fatal(err)
		}
	}
	table, err := os.ReadFile(filepath.Join(dir, TableName))
	want := "student,status,points,max,not_checked,commit,time,late,lost,attempt,tier,course,01,02\n'=cmd(),missing,0,4,0,,,,,,,f00,,\nada,pass,4,4,0,,,,,,,f00,2,2\nbob,error,1,4,0,,,,,,,f00,1,error\n"
	if err != nil || string(table) != want {
		t.Errorf("got\n%s\nwant\n%s", table, want)
	}
	page, err := os.ReadFile(filepath.Join(dir, PageName))
	if err != nil || !strings.Contains(string(page), "stdout: expected N, seen N") || strings.Contains(string(page), "<script>") {
		t.Errorf("the page lacks the group of wrong repairs, or is not escaped: %v\n%s", err, page)
	}
	merged, _, err := Read(dir)
	if err != nil || fmt.Sprint(merged.Lines()) != fmt.Sprint(b.Lines()) {
		t.Errorf("the merged journal is not the book: %v", err)
	}
}

// TestWriteEnds: who has enough of a cohort of many, whose pages take long, is heard.
func TestWriteEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	b, dir := Book{Header: header()}, t.TempDir()
	if err := b.Write(ctx, dir, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, TableName)); err == nil {
		t.Error("there is a table of what was not written")
	}
}

// TestNoText has results that can't be written down, in the journal and at the end: the
// others' are written.
func TestNoText(t *testing.T) {
	dir := t.TempDir()
	j, err := OpenJournal(dir, header())
	if err != nil {
		t.Fatal(err)
	}
	for _, seconds := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		l := line("ada", "01", 2, judge.Pass, 1)
		l.Result.Checks[0].Seconds = seconds
		if err := j.Add(l); !errors.Is(err, ErrNoText) {
			t.Errorf("%v: %v", seconds, err)
		}
	}
	if err := j.Add(line("bob", "01", 2, judge.Pass, 1)); err != nil {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	if err := j.Add(line("bob", "02", 2, judge.Pass, 1)); err == nil || errors.Is(err, ErrNoText) {
		t.Errorf("a journal that can't be written to: %v", err)
	}
	b, torn, err := Read(dir)
	if err != nil || torn != 0 || len(b.Lines()) != 1 {
		t.Fatalf("%d lines, %d torn, %v", len(b.Lines()), torn, err)
	}
	odd := line("ada", "01", 2, judge.Pass, 1)
	odd.Result.Seconds = math.NaN()
	b.Add(odd)
	b.Add(line("ada", "02", 2, judge.Pass, 1))
	b.Add(line("bob", "02", 2, judge.Pass, 1))
	if err := b.Write(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(dir, TableName))
	if err != nil || !strings.HasSuffix(string(table), "\nada,error,0,4,0,,,,,,,f00,error,error\nbob,pass,4,4,0,,,,,,,f00,2,2\n") {
		t.Errorf("got\n%s%v", table, err)
	}
	if missing := strings.Join(b.Missing(), "\n"); !strings.Contains(missing, "ada: the grader broke on 2 of 2") {
		t.Errorf("missing: %s", missing)
	}
}

func TestShards(t *testing.T) {
	for _, text := range []string{"", "3", "0/2", "3/2", "a/b", "1/0"} {
		if _, err := ParseShard(text); err == nil {
			t.Errorf("%q is taken for a shard", text)
		}
	}
	tests := map[string]struct {
		env        map[string]string
		number, of int
		fails      bool
	}{
		"nothing":            {nil, 0, 0, false},
		"slurm":              {map[string]string{"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_COUNT": "8"}, 4, 8, false},
		"slurm from 1":       {map[string]string{"SLURM_ARRAY_TASK_ID": "8", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "8"}, 8, 8, false},
		"slurm in steps":     {map[string]string{"SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_MIN": "2", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4"}, 3, 4, false},
		"kubernetes":         {map[string]string{"JOB_COMPLETION_INDEX": "0", "LOCKSTEP_SHARDS": "7"}, 1, 7, false},
		"kubernetes, no sum": {map[string]string{"JOB_COMPLETION_INDEX": "0"}, 0, 0, true},
		"a matrix":           {map[string]string{"LOCKSTEP_SHARD_INDEX": "2", "LOCKSTEP_SHARDS": "3"}, 3, 3, false},
		"beyond the last":    {map[string]string{"LOCKSTEP_SHARD_INDEX": "3", "LOCKSTEP_SHARDS": "3"}, 0, 0, true},
	}
	for name, test := range tests {
		s, err := ShardFromEnvironment(func(v string) string { return test.env[v] })
		if s.Number != test.number || s.Of != test.of || (err != nil) != test.fails {
			t.Errorf("%s: got %+v, %v", name, s, err)
		}
	}
	for _, of := range []int{1, 3, 7} {
		seen := make([]int, 200)
		for k := 1; k <= of; k++ {
			for i := range seen {
				if (Shard{Number: k, Of: of}).Has(i) {
					seen[i]++
				}
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Errorf("submission %d is in %d of %d shards", i, n, of)
			}
		}
	}
}

func TestJobs(t *testing.T) {
	j := Job{Tasks: 3, Grader: "/vol/grader", Course: "/vol/course", Out: "/vol/it's here/out", Submissions: []string{"/vol/in"}, Flags: []string{"--at", "2026-11-24T18:00:00Z"}}
	for engine, want := range map[string][]string{
		"slurm":      {"#SBATCH --array=0-2", `--out '/vol/it'\''s here/out' --at 2026-11-24T18:00:00Z /vol/in`, "afterany"},
		"kubernetes": {"completions: 3", "completionMode: Indexed", "mountPath: /vol\n", `value: "3"`},
		"actions":    {"part: [1, 2, 3]", "${{ strategy.job-index }}", "class --out class --at"},
	} {
		text, err := j.Print(engine)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", engine, part, text)
			}
		}
	}
	if _, err := j.Print("lsf"); err == nil {
		t.Error("there is a job for an unknown engine")
	}
}
