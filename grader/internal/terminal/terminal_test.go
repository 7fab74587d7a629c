package terminal

import (
	"bytes"
	"fmt"
	"testing"
)

func TestFolded(t *testing.T) {
	var b bytes.Buffer
	w := folded{&b, 20}
	fmt.Fprintf(w, "goal: a line that is longer than that\n\n  an item that is longer\nshort\n")
	fmt.Fprint(w, "the end")
	if want := "goal: a line that is\nlonger than that\n\n  an item that is\n  longer\nshort\nthe end"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Where nobody looks, lines stay as they are.
func TestNoTerminalIsFolded(t *testing.T) {
	var b bytes.Buffer
	if Folded(&b) != &b || Style(&b).Fold {
		t.Error("a buffer is taken for a terminal")
	}
}
