package model

import "strings"

// hush takes what was printed at once when its order does not matter.
func (w *World) hush(p *Proc) {
	if w.options.Ordered || w.options.Pieces {
		return
	}
	for _, s := range p.said {
		w.say(p, s)
	}
	p.said = nil
}

// say prints a piece: what one call of the system writes.
func (w *World) say(p *Proc, piece string) {
	w.Output = append(w.Output, piece...)
	if w.options.Ordered || w.options.Pieces {
		w.printed = text(w.printed, piece)
	} else {
		w.printed += text(1, piece)
	}
	w.speakers = w.speakers.With(p.ID)
	w.pieces = w.pieces || !w.lines(p, piece)
	p.midLine = !strings.HasSuffix(piece, "\n")
}

// lines reports whether a piece that a process prints next is whole lines.
func (w *World) lines(p *Proc, piece string) bool {
	return !p.midLine && strings.HasSuffix(piece, "\n")
}

// saying is what printing touches. Whole lines may come in any order where only
// their number counts; into a line that is printed in pieces nothing may come, and what ends
// one that others have left open is no line of its own.
func (w *World) saying(p *Proc, next *Pending) Access {
	n := len(w.Output)
	return Access{
		On: w.resource(ofOutput, "", -1, ""), Mode: Say, Text: next.Op.Hash,
		Line: !w.options.Ordered && w.lines(p, next.Op.Arg) && (n == 0 || w.Output[n-1] == '\n'),
	}
}

// InPieces reports whether several processes have printed, and one of them a line in
// several pieces.
func (w *World) InPieces() bool { return w.pieces && w.speakers.Len() > 1 }

func hashText(s string) uint64 {
	var h uint64 = 14695981039346656037 // FNV-1a
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
