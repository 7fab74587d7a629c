package build

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestScreen has programs mention what starts a goroutine in every form there is,
// and honest ones mention what looks like it.
func TestScreen(t *testing.T) {
	tests := []struct {
		name, imports, source string
		want                  []string // "LINE:COLUMN: the beginning", the imports standing on line 2
	}{
		{"go statement", "", "func main() {\n\tgo main()\n}", []string{"4:2: a goroutine is refused"}},
		{"go in a closure", "", "var f = func() { go func() {}() }\nfunc main() {}", []string{"3:18: a goroutine"}},
		{"words", "fmt", "// go main()\nfunc main() { fmt.Println(\"go main()\") }", nil},
		{"another name", "time", "var later = time.AfterFunc\nfunc main() { later(0, main) }", []string{"3:18: time.AfterFunc runs"}},
		{"brackets", "time", "func main() { ((time.AfterFunc))(0, main) }", []string{"3:22: time.AfterFunc"}},
		{"renamed import", "clock time", "func main() { clock.AfterFunc(0, main) }", []string{"3:21: time.AfterFunc"}},
		{"dot import", ". time", "func main() { AfterFunc(0, main) }", []string{"3:15: time.AfterFunc"}},
		{"field", "time", "var s = struct{ f func(time.Duration, func()) *time.Timer }{time.AfterFunc}\nfunc main() { s.f(0, main) }", []string{"3:66: time.AfterFunc"}},
		{"argument", "time fmt", "func main() { fmt.Println(time.AfterFunc == nil) }", []string{"3:32: time.AfterFunc"}},
		{"method", "sync", "func main() { var g sync.WaitGroup; g.Go(main) }", []string{"3:39: WaitGroup.Go runs"}},
		{"method value", "sync", "func main() { var g sync.WaitGroup; f := g.Go; f(main) }", []string{"3:44: WaitGroup.Go"}},
		{"method expression", "sync", "func main() { (*sync.WaitGroup).Go(new(sync.WaitGroup), main) }", []string{"3:33: WaitGroup.Go"}},
		{"embedded", "sync", "type crew struct{ sync.WaitGroup }\nfunc main() { new(crew).Go(main) }", []string{"4:25: WaitGroup.Go"}},
		{"another type's", "sync", "type crew sync.WaitGroup\nfunc main() { var c crew; (*sync.WaitGroup)(&c).Go(main) }", []string{"4:49: WaitGroup.Go"}},
		{"through an interface", "sync", "func main() { var g interface{ Go(func()) } = new(sync.WaitGroup); g.Go(main) }", []string{"3:70: Go can be WaitGroup.Go"}},
		{"through a type parameter", "sync", "func run[T interface{ Go(func()) }](g T) { g.Go(main) }\nfunc main() { run(new(sync.WaitGroup)) }", []string{"3:46: Go can be WaitGroup.Go"}},
		{"by its name", "reflect sync", "func main() { reflect.ValueOf(new(sync.WaitGroup)).MethodByName(\"Go\") }", []string{"3:52: Value.MethodByName can call WaitGroup.Go"}},
		{"by a template", "io text/template sync", "func main() { template.New(\"\").Execute(io.Discard, new(sync.WaitGroup)) }", []string{"3:32: Template.Execute can call"}},
		{"context", "context", "func main() { context.AfterFunc(context.Background(), main) }", []string{"3:23: context.AfterFunc"}},
		{"own context", "context", "type own struct{ context.Context }\nfunc (own) Done() <-chan struct{} { return make(chan struct{}) }\nfunc main() { context.WithCancel(own{context.Background()}) }", []string{"4:12: package context waits"}},
		{"coroutine", "iter", "func main() { iter.Pull(func(func(int) bool) {}) }", []string{"3:20: iter.Pull"}},
		{"finalizer", "runtime", "func main() { runtime.SetFinalizer(new(int), nil) }", []string{"3:23: runtime.SetFinalizer"}},
		{"cleanup", "runtime", "var f = runtime.AddCleanup[int, int]\nfunc main() {}", []string{"3:17: runtime.AddCleanup"}},
		{"server", "net/http", "func main() { s := http.Server{}; _ = s.ListenAndServe() }", []string{"3:41: Server.ListenAndServe answers"}},
		{"served", "net/http", "func main() { http.ListenAndServe(\"\", nil) }", []string{"3:20: http.ListenAndServe"}},
		{"dialler", "net/http", "var _ = http.Transport{DialContext: nil}\nfunc main() {}", []string{"3:24: http.Transport.DialContext"}},
		{"tests", "testing", "func main() { testing.Benchmark(func(*testing.B) {}) }", []string{"3:23: testing.Benchmark"}},
		{"command's own writer", "os/exec", "type w struct{}\nfunc (w) Write(p []byte) (int, error) { return len(p), nil }\nfunc main() { c := exec.Command(\"x\"); c.Stdout = w{}; _ = exec.Cmd{Stderr: w{}} }", []string{"5:41: with a type of your own, exec.Cmd.Stdout writes", "5:68: with a type of your own, exec.Cmd.Stderr"}},
		{"command's wrapped writer", "io os os/exec", "func main() { c := exec.Command(\"x\"); (c.Stdout) = io.MultiWriter(os.Stdout); p := &c.Stdin; _ = p }", []string{"3:42: with", "3:87: with"}},
		{"command's input, set twice", "bytes io os/exec", "type r struct{ bytes.Buffer }\nfunc main() {\n\tc, d := exec.Command(\"x\"), exec.Command(\"y\")\n\tp, _ := c.StdoutPipe()\n\tvar in io.Reader = p\n\tin = new(r)\n\td.Stdin = in\n}", []string{"9:4: with a type of your own, exec.Cmd.Stdin reads"}},
		{"command's input, set by its address", "io os/exec", "func own(*io.ReadCloser) {}\nfunc main() {\n\tp, _ := exec.Command(\"x\").StdoutPipe()\n\town(&p)\n\texec.Command(\"y\").Stdin = p\n}", []string{"7:20: with"}},
		{"command's input, an argument", "io os/exec", "func feed(c *exec.Cmd, in io.Reader) { c.Stdin = in }\nfunc main() { feed(nil, nil) }", []string{"3:42: with"}},
		{"command's input, of a channel", "io os/exec", "func main() { c := make(chan io.Reader, 1); in := <-c; exec.Command(\"y\").Stdin = in }", []string{"3:74: with"}},
		{"command's input, in the second place", "io os/exec", "func two() (io.Reader, io.Reader) { return nil, nil }\nfunc main() { _, exec.Command(\"y\").Stdin = two() }", []string{"4:36: with"}},
		{"nowhere that is the program's", "io os/exec", "type w struct{}\nfunc (w) Write(p []byte) (int, error) { return len(p), nil }\nfunc main() { io.Discard = w{}; exec.Command(\"x\").Stdout = io.Discard }", []string{"5:51: with"}},
		{"command's cancel", "os/exec", "func main() { exec.Command(\"x\").Cancel = nil }", []string{"3:33: exec.Cmd.Cancel"}},
		{"request's own body", "net/http", "type r struct{}\nfunc (r) Read(p []byte) (int, error) { return 0, nil }\nfunc main() { http.Post(\"\", \"\", r{}) }", []string{"5:33: with a type of your own, http.Post reads"}},

		{"honest locks and channels", "sync time", "func main() {\n\tvar m sync.Mutex\n\tm.Lock()\n\tdefer m.Unlock()\n\tc := make(chan int, 1)\n\tc <- 1\n\tselect {\n\tcase <-c:\n\tcase <-time.After(1):\n\tcase <-time.NewTimer(1).C:\n\t}\n\tvar g sync.WaitGroup\n\tg.Wait()\n\tsync.OnceFunc(main)()\n}", nil},
		{"honest names", "sync", "type pool struct{ m sync.Mutex }\nfunc (*pool) Go(f func()) { f() }\nfunc AfterFunc(d int, f func()) { f() }\nfunc main() { new(pool).Go(main); AfterFunc(0, main); go_ := main; go_() }", nil},
		{"honest interface", "", "type goer interface{ Go(func()) }\ntype own struct{}\nfunc (own) Go(f func()) { f() }\nfunc main() { var g goer = own{}; g.Go(main) }", nil},
		{"honest shadow", "fmt", "func main() { time := struct{ AfterFunc func() }{main}; time.AfterFunc(); fmt.Print() }", nil},
		{"honest command", "bytes os os/exec strings", "func main() {\n\tc := exec.Command(\"x\")\n\tc.Stdin, c.Stdout, c.Stderr = strings.NewReader(\"\"), os.Stdout, new(bytes.Buffer)\n\tc.Stdin = nil\n\tp, _ := c.StdinPipe()\n\tp.Close()\n\t_ = c.Stdout\n\t_, _ = c.Output()\n}", nil},
		{"honest pipe of commands", "io os os/exec", "func main() {\n\tvar in io.Reader = os.Stdin\n\tvar c *exec.Cmd\n\tfor range 3 {\n\t\tc = exec.Command(\"x\")\n\t\tc.Stdin, c.Stderr = in, io.Discard\n\t\tout, err := c.StdoutPipe()\n\t\t_ = err\n\t\tin = out\n\t}\n\td := exec.Command(\"y\")\n\td.Stdin, _ = c.StderrPipe()\n\tvar err error\n\tif d.Stdin, err = c.StdoutPipe(); err != nil {\n\t\treturn\n\t}\n}", nil},
		{"honest client", "context net/http os os/signal strings", "func main() {\n\tr, _ := http.NewRequestWithContext(context.TODO(), \"\", \"\", strings.NewReader(\"\"))\n\t_, _ = (&http.Client{}).Do(r)\n\thttp.Post(\"\", \"\", nil)\n\tsignal.Notify(make(chan os.Signal, 1))\n\tcontext.WithTimeout(context.Background(), 1)\n}", nil},
		{"honest reflection", "reflect", "func main() { reflect.ValueOf(0).MethodByName(\"Go\") }", nil},
		{"honest work", "fmt lockstep/mp", "var square = mp.Task(\"square\", func(n int) (int, error) { return n * n, nil })\nfunc main() {\n\tmp.Main(func() error {\n\t\tpool, err := mp.NewPool(2)\n\t\tif err != nil {\n\t\t\treturn err\n\t\t}\n\t\tfmt.Println(square.Map(pool, []int{1}))\n\t\treturn pool.Close()\n\t})\n}", nil},
	}
	fset := token.NewFileSet()
	packages := importer.ForCompiler(fset, "gc", open(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var imports strings.Builder
			words := strings.Fields(test.imports)
			for i := 0; i < len(words); i++ {
				if words[i] == "clock" || words[i] == "." {
					imports.WriteString(words[i] + " ")
					i++
				}
				fmt.Fprintf(&imports, "%q; ", words[i])
			}
			text := "package main\nimport (" + imports.String() + ")\n" + test.source + "\n"
			u := screened{Files: map[string][]byte{"main.go": []byte(text)}, Screen: Screen{Files: []string{"main.go"}, Goroutines: true}, Shown: "dir"}
			a := u.answer(fset, packages)
			if a.Unread != "" {
				t.Fatal(a.Unread)
			}
			got := []string{}
			for _, p := range a.Problems {
				got = append(got, strings.TrimPrefix(p.String(), "dir/main.go:"))
			}
			if len(got) != len(test.want) || slices.ContainsFunc(test.want, func(w string) bool {
				return !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w) })
			}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestNames has programs use names in every form there is, and others that look alike.
func TestNames(t *testing.T) {
	forbid := []string{"time.Sleep", "os.Args", "os.Exit", "lockstep/mp.NewPool", "lockstep/mp.Value.Lock", "sync.Mutex", "sync.Locker.Unlock", "lockstep/mp.TaskFunc.Map"}
	tests := []struct {
		name, source string
		require      []string
		want         []string // "LINE:COLUMN: the beginning"
	}{
		{"a call", "func main() {\n\ttime.Sleep(1)\n\tos.Exit(1)\n}", nil, []string{"4:7: time.Sleep is refused", "5:5: os.Exit is refused"}},
		{"a value", "var wait = time.Sleep\nfunc main() { wait(1); _ = os.Args }", nil, []string{"3:17: time.Sleep", "4:31: os.Args"}},
		{"a method", "func main() { mp.NewValue(1).Lock() }", nil, []string{"3:30: mp.Value.Lock is refused"}},
		{"embedded", "type money struct{ *mp.Value[int] }\nfunc main() { money{}.Lock() }", nil, []string{"4:23: mp.Value.Lock"}},
		{"an expression", "var f = (*mp.Value[int]).Lock\nfunc main() {}", nil, []string{"3:26: mp.Value.Lock"}},
		{"another type's", "func main() { mp.NewArray[int](3).Lock(); mp.NewLock().Lock() }", nil, nil},
		{"a type", "type own struct{ m sync.Mutex }\nfunc main() { new(own).m.Lock() }", nil, []string{"3:25: sync.Mutex"}},
		{"an interface's", "func main() { var l sync.Locker = mp.NewLock(); l.Unlock() }", nil, []string{"3:51: sync.Locker.Unlock"}},
		{"of a generic type", "var square = mp.Task(\"square\", func(n int) (int, error) { return n, nil })\nfunc main() { square.Map(nil, nil) }", nil, []string{"4:22: mp.TaskFunc.Map"}},
		{"own names", "type clock struct{}\nfunc (clock) Sleep(int) {}\nfunc main() { time := clock{}; time.Sleep(1); Exit(1) }\nfunc Exit(int) {}", nil, nil},
		{"required and there", "func main() { mp.NewLock().Unlock() }", []string{"lockstep/mp.NewLock", "lockstep/mp.Lock.Unlock"}, nil},
		{"required and not there", "func main() { mp.NewLock() }", []string{"lockstep/mp.NewLock", "lockstep/mp.Lock.Unlock"}, []string{"mp.Lock.Unlock is used nowhere"}},
	}
	fset := token.NewFileSet()
	packages := importer.ForCompiler(fset, "gc", open(t))
	head := "package main\nimport (\"os\"; \"sync\"; \"time\"; \"lockstep/mp\")\n"
	look := func(source string, s Screen) screenAnswer {
		text := head + source + "\nvar _ = os.Stdin; var _ sync.Once; var _ time.Time; var _ mp.Lock\n"
		s.Files = []string{"main.go"}
		return screened{Files: map[string][]byte{"main.go": []byte(text)}, Screen: s, Shown: "dir"}.answer(fset, packages)
	}
	for _, test := range tests {
		a := look(test.source, Screen{Forbid: forbid, Require: test.require})
		got := []string{}
		for _, p := range a.Problems {
			got = append(got, strings.TrimLeft(strings.TrimPrefix(p.String(), "dir/main.go:"), " "))
		}
		if a.Unread+a.Broken != "" || !slices.EqualFunc(got, test.want, strings.HasPrefix) {
			t.Errorf("%s: got %q %q, want %q", test.name, got, a.Unread+a.Broken, test.want)
		}
	}
	for name, want := range map[string]string{
		"time.Slep":            "there is no time.Slep, which exercise.yaml names in forbid or require; did you mean Sleep?",
		"lockstep/mp.Pool.Clo": "there is no mp.Pool.Clo, which exercise.yaml names in forbid or require; did you mean Close?",
		"lockstep/mp.Lok.Lock": "there is no mp.Lok.Lock, which exercise.yaml names in forbid or require; did you mean Lock?",
	} {
		if a := look("func main() {}", Screen{Forbid: []string{name}}); a.Broken != want {
			t.Errorf("%s: got %q", name, a.Broken)
		}
	}
}

// TestScreenedFiles looks at a student's files, and takes the course's own for what
// they mean.
func TestScreenedFiles(t *testing.T) {
	u := screened{
		Files: map[string][]byte{
			"main.go":        []byte("package main\n\nimport \"sync\"\n\nfunc main() { later(main) }\n\nvar _ sync.Mutex\n"),
			"support.go":     []byte("package main\n\nfunc later(f func()) { go f() }\n"),
			"other_plan9.go": []byte("package main\n\nfunc later(f func()) {}\n"),
		},
		Screen: Screen{Files: []string{"main.go"}, Goroutines: true}, Shown: "dir",
	}
	fset := token.NewFileSet()
	packages := importer.ForCompiler(fset, "gc", open(t))
	if a := u.answer(fset, packages); a.Unread != "" || len(a.Problems) > 0 {
		t.Errorf("got %+v", a)
	}
	u.Files["support.go"] = []byte("package main\n\nfunc later(f func()) { undefined() }\n")
	if a := u.answer(fset, packages); !strings.Contains(a.Unread, "undefined") {
		t.Errorf("a type error: got %+v", a)
	}
}

// TestStartersExist wants every row of the tables to name something that there is.
func TestStartersExist(t *testing.T) {
	packages := importer.ForCompiler(token.NewFileSet(), "gc", open(t))
	all := map[string]bool{}
	for name := range starters {
		all[name] = true
	}
	for name := range byName {
		all[name] = true
	}
	for name := range handed {
		name, _, _ = strings.Cut(name, "#")
		all[name] = true
	}
	for name := range all {
		if !exists(t, packages, name) {
			t.Errorf("there is no %s", name)
		}
	}
}

// compiled asks once where the types of all packages are that the tests import.
var compiled = sync.OnceValues(func() (map[string]string, error) {
	paths := []string{
		"bytes", "context", "fmt", "io", "iter", "os", "os/signal", "reflect", "strings", "time", "lockstep/mp",
	}
	for _, table := range []map[string]string{starters, handed} {
		for name := range table {
			paths = append(paths, packageOf(name))
		}
	}
	for name := range byName {
		paths = append(paths, packageOf(name))
	}
	slices.Sort(paths)
	args := []string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}"}
	out, err := exec.Command("go", append(args, slices.Compact(paths)...)...).Output()
	exports, _ := readExports(string(out))
	return exports, err
})

func open(t *testing.T) importer.Lookup {
	t.Helper()
	exports, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
}

// packageOf is the import path in a full name.
func packageOf(name string) string {
	path := strings.TrimLeft(name, "(*")
	slash := strings.LastIndex(path, "/") + 1
	return path[:slash+strings.Index(path[slash:], ".")]
}

// exists looks a full name up.
func exists(t *testing.T, packages types.Importer, name string) bool {
	t.Helper()
	path := packageOf(name)
	rest := strings.ReplaceAll(strings.TrimLeft(name, "(*")[len(path)+1:], ")", "")
	pkg, err := packages.Import(path)
	if err != nil {
		t.Fatal(err)
	}
	first, second, nested := strings.Cut(rest, ".")
	object := pkg.Scope().Lookup(first)
	if object == nil || !nested {
		return object != nil
	}
	found, _, _ := types.LookupFieldOrMethod(object.Type(), true, pkg, second)
	if m, ok := found.(*types.Func); ok {
		return m.FullName() == name
	}
	return found != nil
}
