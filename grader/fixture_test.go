package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A fixture for a person answers at the address that it prints, and ends when it is told.
func TestFixture(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"fixture", "rates"}, streams{strings.NewReader(""), out, io.Discard})
	}()
	line, err := bufio.NewReader(said).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "RATES_URL=")
	if err != nil || !ok {
		t.Fatalf("%q: %v", line, err)
	}
	answer, err := http.Get(address + "/rates/usd")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || !strings.Contains(string(text), `"chf"`) {
		t.Errorf("%s: %s", answer.Status, text)
	}
	stop()
	if code := <-ended; code != exitPassed {
		t.Errorf("exit code %d", code)
	}
	if code := run(t.Context(), []string{"fixture", "none"}, streams{strings.NewReader(""), io.Discard, io.Discard}); code != exitUsage {
		t.Errorf("of a fixture that is not there: exit code %d", code)
	}
}
