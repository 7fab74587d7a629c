package mp_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"lockstep/mp"
)

// manage makes a manager for a test.
func manage(t *testing.T) *mp.Manager {
	m := must(mp.NewManager())
	t.Cleanup(func() {
		if err := m.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return m
}

func TestList(t *testing.T) {
	l := must(mp.NewList[string](manage(t)))
	for _, x := range []string{"a", "b", "d"} {
		check(l.Append(x))
	}
	check(l.Insert(2, "c"))
	check(l.Insert(4, "e"))
	check(l.Insert(0, "first"))
	check(l.Set(0, "zero"))
	if got := must(l.All()); !slices.Equal(got, []string{"zero", "a", "b", "c", "d", "e"}) {
		t.Errorf("the list is %q", got)
	}
	if x, n := must(l.Remove(0)), must(l.Len()); x != "zero" || n != 5 {
		t.Errorf("removed %q, %d are left", x, n)
	}
	if x := must(l.Get(4)); x != "e" {
		t.Errorf("element 4 is %q", x)
	}
	for _, i := range []int{-1, 5} {
		_, err1 := l.Get(i)
		_, err2 := l.Remove(i)
		for _, err := range []error{err1, err2, l.Set(i, "x"), l.Insert(i*2, "x")} {
			if !errors.Is(err, mp.ErrIndex) {
				t.Errorf("index %d: %v", i, err)
			}
		}
	}
	if empty := must(must(mp.NewList[int](manage(t))).All()); len(empty) != 0 {
		t.Errorf("an empty list holds %v", empty)
	}
}

func TestExtendAndIndex(t *testing.T) {
	l := must(mp.NewList[string](manage(t)))
	check(l.Extend(nil))
	check(l.Append("a"))
	check(l.Extend([]string{"", "b", "a"}))
	if got := must(l.All()); !slices.Equal(got, []string{"a", "", "b", "a"}) {
		t.Errorf("the list is %q", got)
	}
	for x, want := range map[string]int{"a": 0, "": 1, "b": 2, "c": -1} {
		if i := must(l.Index(x)); i != want {
			t.Errorf("%q is at %d, not %d", x, i, want)
		}
	}
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	defer b.Close()
	ends := must(mp.NewList[*mp.Conn](manage(t)))
	if err := ends.Extend([]*mp.Conn{a}); err == nil || !strings.Contains(err.Error(), "cannot keep a Conn") {
		t.Errorf("an end of a pipe: %v", err)
	}
	check(a.Send(1)) // it was not closed by that
}

// Sort is stable, and keeps what others do to the list meanwhile.
func TestSort(t *testing.T) {
	l := must(mp.NewList[string](manage(t)))
	check(l.Sort(strings.Compare))
	check(l.Extend([]string{"bb", "a", "cc", "", "b"}))
	check(l.Sort(func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
	if got := must(l.All()); !slices.Equal(got, []string{"", "a", "b", "bb", "cc"}) {
		t.Errorf("by length: %q", got)
	}
	meanwhile := []func() error{
		func() error { return l.Append("0") },
		func() error { return l.Set(2, "1") },
		func() error { _, err := l.Remove(1); return err },
		func() error { return l.Sort(strings.Compare) },
	}
	check(l.Sort(func(a, b string) int {
		if len(meanwhile) > 0 {
			check(meanwhile[0]()) // as another process does
			meanwhile = meanwhile[1:]
		}
		return strings.Compare(b, a)
	}))
	if got := must(l.All()); !slices.Equal(got, []string{"cc", "bb", "1", "0", ""}) {
		t.Errorf("the other way round: %q", got)
	}
}

func TestSetDefaultPopAndUpdate(t *testing.T) {
	d := must(mp.NewDict[string, int](manage(t)))
	if x, ok, err := d.SetDefault("a", 1); x != 1 || ok || err != nil {
		t.Errorf("a new entry: %d, %v, %v", x, ok, err)
	}
	if x, ok, err := d.SetDefault("a", 2); x != 1 || !ok || err != nil {
		t.Errorf("an entry that is there: %d, %v, %v", x, ok, err)
	}
	check(d.Update(nil))
	check(d.Update(map[string]int{"c": 3, "a": 4, "b": 5}))
	if keys := must(d.Keys()); !slices.Equal(keys, []string{"a", "b", "c"}) {
		t.Errorf("the keys are %v", keys)
	}
	for _, there := range []bool{true, false} {
		if x, ok, err := d.Pop("a"); ok != there || x != map[bool]int{true: 4}[there] || err != nil {
			t.Errorf("popped %d, %v, %v", x, ok, err)
		}
	}
	if all := must(d.All()); !maps.Equal(all, map[string]int{"b": 5, "c": 3}) {
		t.Errorf("all of it: %v", all)
	}
	many := map[string]int{}
	for i := range 1000 {
		many[fmt.Sprint(i)] = i
	}
	check(d.Update(many))
	if n := must(d.Len()); n != 1002 {
		t.Errorf("%d entries", n)
	}
	none := must(mp.NewDict[string, func()](manage(t)))
	if err := none.Update(map[string]func(){"f": nil}); err == nil {
		t.Error("a function can be kept")
	}
}

// Calls are whole, whoever makes them at once.
func TestCallsAreWhole(t *testing.T) {
	m := manage(t)
	l, d := must(mp.NewList[int](m)), must(mp.NewDict[int, int](m))
	join(t, several(3, func(i int) (*mp.Process, error) { return meddles.Start(l, d, i) })...)
	all := must(l.All())
	for i := 0; i < len(all); i += 2 {
		if all[i] != all[i+1] {
			t.Fatalf("something came between the two elements of one call: %v", all[i:i+2])
		}
	}
	if n := must(d.Len()); len(all) != 3*2*100 || n != 2+100 {
		t.Errorf("%d elements, %d entries", len(all), n)
	}
}

// meddles takes part in what each of a hundred rounds has one of: who is the first, and who
// the last.
var meddles = mp.Func3("meddles", func(l *mp.List[int], d *mp.Dict[int, int], me int) error {
	for round := range 100 {
		if err := l.Extend([]int{me, me}); err != nil {
			return err
		}
		first, _, err := d.SetDefault(1000+round, me)
		if err != nil {
			return err
		}
		if again, was, err := d.SetDefault(1000+round, me); again != first || !was || err != nil {
			return fmt.Errorf("round %d was %d's, then %d's: %v", round, first, again, err)
		}
		if err := d.Update(map[int]int{1: me, 2: me}); err != nil {
			return err
		}
		all, err := d.All()
		if err != nil || all[1] != all[2] {
			return fmt.Errorf("half of an update is seen: %v, %v", all, err)
		}
	}
	return nil
})

func TestDict(t *testing.T) {
	d := must(mp.NewDict[string, []int](manage(t)))
	if _, ok, err := d.Get("a"); ok || err != nil {
		t.Errorf("found what is not there: %v", err)
	}
	check(d.Set("b", []int{1}))
	check(d.Set("a", nil))
	check(d.Set("b", []int{1, 2}))
	check(d.Delete("nothing"))
	if x, ok, err := d.Get("b"); !ok || err != nil || !slices.Equal(x, []int{1, 2}) {
		t.Errorf("b is %v, %v, %v", x, ok, err)
	}
	if keys := must(d.Keys()); !slices.Equal(keys, []string{"b", "a"}) {
		t.Errorf("the keys are %v", keys)
	}
	if all := must(d.All()); len(all) != 2 || all["a"] != nil {
		t.Errorf("all of it: %v", all)
	}
	check(d.Delete("b"))
	if n := must(d.Len()); n != 1 {
		t.Errorf("%d entries", n)
	}
	for i := range 200 { // deleted entries are swept away
		check(d.Set(fmt.Sprint(i), []int{i}))
		check(d.Delete(fmt.Sprint(i)))
	}
	if keys := must(d.Keys()); !slices.Equal(keys, []string{"a"}) {
		t.Errorf("the keys are %v", keys)
	}
	type point struct{ X, Y int }
	points := must(mp.NewDict[point, any](manage(t)))
	check(points.Set(point{1, 2}, "x"))
	check(points.Set(point{2, 1}, 7))
	if all := must(points.All()); !maps.Equal(all, map[point]any{{1, 2}: "x", {2, 1}: 7}) {
		t.Errorf("all of it: %v", all)
	}
}

var (
	appends = mp.Func3("appends", func(l *mp.List[int], from, to int) error {
		for i := from; i < to; i++ {
			if err := l.Append(i); err != nil {
				return err
			}
		}
		return nil
	})
	files = mp.Func3("files", func(d *mp.Dict[string, *mp.List[int]], m *mp.Manager, name string) error {
		l, err := mp.NewList[int](m)
		if err != nil {
			return err
		}
		if err := l.Append(len(name)); err != nil {
			return err
		}
		if err := m.Close(); err == nil || errors.Is(err, os.ErrClosed) {
			return fmt.Errorf("closed another process's manager: %v", err)
		}
		return d.Set(name, l)
	})
)

func TestProxiesTravel(t *testing.T) {
	m := manage(t)
	l := must(mp.NewList[int](m))
	join(t, several(3, func(i int) (*mp.Process, error) { return appends.Start(l, 100*i, 100*i+100) })...)
	all := must(l.All())
	slices.Sort(all)
	if len(all) != 300 || all[299] != 299 {
		t.Errorf("%d elements, up to %d", len(all), all[len(all)-1])
	}
	d := must(mp.NewDict[string, *mp.List[int]](m))
	names := []string{"a", "bb", "ccc"}
	join(t, several(3, func(i int) (*mp.Process, error) { return files.Start(d, m, names[i]) })...)
	for name, l := range must(d.All()) {
		if got := must(l.All()); !slices.Equal(got, []int{len(name)}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	a, b, err := mp.Pipe()
	check(err)
	check(a.Send(d))
	if n := must(must(mp.Recv[*mp.Dict[string, *mp.List[int]]](b)).Len()); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestManagerErrors(t *testing.T) {
	m := must(mp.NewManager())
	l := must(mp.NewList[any](m))
	a, _, err := mp.Pipe()
	check(err)
	for _, test := range []struct {
		err  error
		want string
	}{
		{l.Append(func() {}), "list.append: a func() cannot travel between processes"},
		{l.Append(a), "list.append: a manager cannot keep a Conn"},
		{new(mp.List[int]).Append(1), "list.append: a List or Dict is made by NewList or NewDict, not as a zero value"},
	} {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("got %v, want %s", test.err, test.want)
		}
	}
	check(l.Append(1)) // what failed has left no trace
	if n := must(l.Len()); n != 1 {
		t.Errorf("%d elements", n)
	}
	check(m.Close())
	if err := m.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
	for range 2 {
		if err := l.Append(1); !errors.Is(err, mp.ErrManagerGone) {
			t.Errorf("the manager is closed: %v", err)
		}
	}
	if _, err := mp.NewDict[int, int](m); !errors.Is(err, mp.ErrManagerGone) {
		t.Errorf("the manager is closed: %v", err)
	}
	var e *mp.ExitError
	if err := must(appends.Start(must(mp.NewList[int](manage(t))), 0, 1)).Join(); err != nil {
		t.Error(err)
	}
	other := must(mp.NewManager())
	gone := must(mp.NewList[int](other))
	check(other.Close())
	if err := must(appends.Start(gone, 0, 1)).Join(); !errors.As(err, &e) || !strings.Contains(e.Line, "the manager has ended") {
		t.Errorf("a child used a proxy of a closed manager: %v", err)
	}
}
