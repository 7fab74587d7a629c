package mp_test

import (
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
