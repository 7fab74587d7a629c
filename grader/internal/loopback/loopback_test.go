//go:build unix

package loopback

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// TestListener serves two clients, the second by a listener made of the first's descriptor,
// which outlives it.
func TestListener(t *testing.T) {
	first, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	second, err := From(first.File())
	if err != nil {
		t.Fatal(err)
	}
	if first.Port() == 0 || first.Address() != second.Address() {
		t.Fatalf("they listen at %s and %s", first.Address(), second.Address())
	}
	for _, l := range []*Listener{first, second} {
		client, err := net.Dial("tcp", l.Address())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(client, "asks"); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 4)
		if _, err := io.ReadFull(conn, text); err != nil || string(text) != "asks" {
			t.Errorf("received %q, %v", text, err)
		}
		if _, err := io.WriteString(conn, "is told"); err != nil {
			t.Error(err)
		}
		if err := conn.CloseWrite(); err != nil {
			t.Error(err)
		}
		if all, err := io.ReadAll(client); err != nil || string(all) != "is told" {
			t.Errorf("the client received %q, %v", all, err)
		}
		if err := conn.SetReadDeadline(time.Now()); err != nil {
			t.Error(err)
		}
		if _, err := conn.Read(text); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading after its time is %v", err)
		}
		if err := errors.Join(client.Close(), conn.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	}
	if c, err := net.Dial("tcp", second.Address()); err == nil {
		c.Close()
		t.Error("a closed port takes a client")
	}
}

// TestClose ends calls that wait.
func TestClose(t *testing.T) {
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", l.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { _, err := l.Accept(); ended <- err }()
	go func() { _, err := conn.Read(make([]byte, 1)); ended <- err }()
	if err := errors.Join(l.Close(), conn.Close()); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-ended; !errors.Is(err, os.ErrClosed) {
			t.Errorf("what waited ended with %v", err)
		}
	}
	if _, err := l.Accept(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed listener's error is %v", err)
	}
}
