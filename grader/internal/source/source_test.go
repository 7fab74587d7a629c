package source

import (
	"slices"
	"strings"
	"testing"

	"lockstep/mp/trace"
)

// FuzzRead: whatever stands in a program, reading it does no harm.
func FuzzRead(f *testing.F) {
	f.Add(sample, "3 squared is 9")
	f.Fuzz(func(_ *testing.T, program, line string) {
		p := Read(map[string][]byte{"main.go": []byte(program)})
		p.Prints(line)
		p.Errors(line)
	})
}

const sample = `package main

import ("errors"; "fmt"; "os"; "lockstep/mp")

var square = mp.Func2("square", func(n int, out *mp.Conn) error { return out.Send(n * n) })
var (
	count = mp.Task("count", counted)
	other = mp.Func0(name, nothing)
)

func main() { mp.Main(run) }

func run() error {
	p, err := square.Start(1, nil)
	if err != nil {
		return fmt.Errorf("square %d is lost: %w", 1, err)
	}
	q, _ := each[0].Start()
	pool, _ := mp.NewPool(2)
//line elsewhere.go:1
	got, err := mp.Recv[int](end)
	barrier.Wait()
	mp.Func("late", nothing).
		Start(3)
	fmt.Printf("%d squared is %d\n", 1, 2)
	fmt.Println("100% of", n)
	fmt.Fprintln(os.Stdout, sums)
	fmt.Print("a" + "b", n, "\n")
	fmt.Printf("\xff is %d \xfe", n)
	if p.Join() != nil || q.Join() != nil {
		return errors.New("one failed")
	}
	return fmt.Errorf(form, err)
}
`

func TestRead(t *testing.T) {
	p := Read(map[string][]byte{"main.go": []byte(sample), "broken.go": []byte("package")})
	square, named := p.Function("square")
	commands := Read(map[string][]byte{"main.go": []byte("package main\n\nfunc run() {\n\tc := exec.Command(\"ls\")\n\tc.Wait()\n}\n")})
	if got := commands; len(got.Joins) != 1 || got.Joins[0].Line != 5 || len(got.Commands) != 1 || got.Commands[0].Line != 4 {
		t.Errorf("got %+v", got)
	}
	none, wrong := p.Function("name")
	for _, test := range []struct {
		got  []trace.Site
		want []string
	}{
		{p.Starts("square"), []string{"p, err := square.Start(1, nil)"}},
		{p.Starts("late"), []string{"Start(3)"}},
		{p.Starts("count"), []string{"q, _ := each[0].Start()"}}, // it may be that one
		{p.AllStarts(), []string{"q, _ := each[0].Start()", "Start(3)", "p, err := square.Start(1, nil)"}},
		{p.Pools, []string{"pool, _ := mp.NewPool(2)"}},
		{p.Joins, []string{"if p.Join() != nil || q.Join() != nil {", "if p.Join() != nil || q.Join() != nil {"}},
		{p.Receives, []string{"got, err := mp.Recv[int](end)"}},
		{p.Commands, nil},
		{[]trace.Site{p.Main}, []string{"func main() { mp.Main(run) }"}},
		{[]trace.Site{square}, []string{`var square = mp.Func2("square", func(n int, out *mp.Conn) error { return out.Send(n * n) })`}},
		{p.Prints("3 squared is 9"), []string{`fmt.Printf("%d squared is %d\n", 1, 2)`}},
		{p.Prints("100% of 7"), []string{`fmt.Println("100% of", n)`}},
		{p.Prints("ab7"), []string{`fmt.Print("a" + "b", n, "\n")`}},
		{p.Prints("[1 4 9]"), []string{"fmt.Fprintln(os.Stdout, sums)"}},           // nothing else can
		{p.Prints("\xff is 7 \xfe"), []string{`fmt.Printf("\xff is %d \xfe", n)`}}, // no text, and no harm
		{p.Errors("square 7 is lost: no"), []string{`return fmt.Errorf("square %d is lost: %w", 1, err)`}},
		{p.Errors("main: one failed"), []string{`return errors.New("one failed")`}},
		{p.Errors("3 squared is 9"), nil},
		{p.Errors("panic: no"), nil}, // of form nothing is known
	} {
		var got []string
		for _, at := range test.got {
			got = append(got, strings.TrimSpace(strings.Split(sample, "\n")[at.Line-1]))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if p.Receives[0].File != "main.go" {
		t.Errorf("got %v", p.Receives)
	}
	if got := p.Functions(); !named || wrong || none.Line != 0 || !slices.Equal(got, []string{"count", "late", "square"}) {
		t.Errorf("got %q", got)
	}
}
