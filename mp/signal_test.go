//go:build unix

package mp_test

import (
	"errors"
	"os"
	"os/signal"
	"testing"

	"lockstep/mp"
)

// drains ends in its own way once it is asked to, and not by Ctrl-C.
var drains = mp.Func("drains", func(parent *mp.Conn) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, mp.Terminate)
	if err := parent.Send("here"); err != nil {
		return err
	}
	if got := <-stop; got != mp.Terminate {
		return errors.New(got.String())
	}
	return parent.Send("drained")
})

// TestSignalsAreCaught: a child catches what Terminate sends, and ignores Ctrl-C where its
// parent did when it started it.
func TestSignalsAreCaught(t *testing.T) {
	signal.Ignore(os.Interrupt)
	defer func() { // Reset alone leaves it ignored
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
		signal.Reset(os.Interrupt)
	}()
	ours, theirs, err := mp.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := drains.Start(theirs)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		said string
		send func() error
	}{{"here", p.Interrupt}, {"", p.Terminate}, {"drained", p.Join}} {
		if step.said != "" {
			if got, err := mp.Recv[string](ours); got != step.said || err != nil {
				t.Fatalf("got %q, %v", got, err)
			}
		}
		if err := step.send(); err != nil {
			t.Fatal(err)
		}
	}
}
