package play

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/terminal"
)

// Keys let a process go, each the one at its place.
const Keys = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// keyOf is the key of a process; a space where there are too many.
func keyOf(i int) string {
	if i < len(Keys) {
		return Keys[i : i+1]
	}
	return " "
}

// Help says what can be pressed.
func (s *Session) Help() []string {
	help := []string{
		"0 1 2 …  let that process make its next step",
		". Enter  go on as long as only one process can",
		"u        one step back",
		"a        can it still fail from here?",
		"g        what to bring about",
		"s        save these steps; make replay runs them again",
		"q        quit",
	}
	if s.Deaths > 0 {
		help = slices.Insert(help, 1, fmt.Sprintf("x 1 …    have that child killed before its next step, %d in a run", s.Deaths))
	}
	return help
}

// answer is what came of a key.
type answer struct {
	told []string
	over bool
}

func say(format string, args ...any) answer {
	return answer{told: []string{fmt.Sprintf(format, args...)}}
}

// press does what a key is for.
func (s *Session) press(ctx context.Context, key byte) (answer, error) {
	kill := s.killing
	if s.killing = s.Deaths > 0 && key == 'x'; s.killing {
		return say("kill whom? its key; any other: nobody"), nil
	}
	if i := strings.IndexByte(Keys, key); i >= 0 {
		return s.let(ctx, i, kill)
	}
	switch key {
	case '.', '\r', '\n':
		if alone(s.Now) < 0 && s.Now.Over == nil {
			return say("several can go on: choose one"), nil
		}
		return s.goTo(s.At(ctx, s.Now.Schedule, true))
	case 'u', 127: // backspace
		before, err := s.back(ctx, s.Now)
		if before == nil && err == nil {
			return say("this is the beginning"), nil
		}
		return s.goTo(before, err)
	case 'a':
		p, err := s.CanFail(ctx, s.Now)
		if err != nil {
			return answer{}, err
		}
		return answer{told: s.prospect(p)}, nil
	case 'g':
		text, met := s.Goal(s.Now)
		switch {
		case text == "":
			return say("this exercise sets no goal; a says whether the program can still fail"), nil
		case met:
			return say("goal: %s. You have.", text), nil
		}
		return say("goal: %s", text), nil
	case 's':
		command, err := s.Save(s.Now)
		if err != nil {
			return say("%v", err), nil
		}
		return say("run these steps again: %s", command), nil
	case '?', 'h':
		return answer{told: s.Help()}, nil
	case 'q', 4: // Ctrl-D
		return answer{over: true}, nil
	}
	return say("? says what can be pressed"), nil
}

// goTo turns to a position. What the program does not do again is told, not an end.
func (s *Session) goTo(p *explore.Position, err error) (answer, error) {
	var departed *explore.Departed
	switch {
	case errors.As(err, &departed):
		return say("the program does not do the same again: %v", err), nil
	case err != nil:
		return answer{}, err
	}
	_, before := s.Goal(s.Now)
	s.Now = p
	if text, met := s.Goal(p); met && !before {
		return say("goal reached: %s", text), nil
	}
	return answer{}, nil
}

// let lets a process make its next step, or has it killed before.
func (s *Session) let(ctx context.Context, i int, kill bool) (answer, error) {
	if i >= len(s.Now.Processes) {
		return say("there is no process %s", keyOf(i)), nil
	}
	switch p := &s.Now.Processes[i]; {
	case p.State == explore.Gone:
		return say("%s has ended", p.Title), nil
	case kill && p.Kill == "":
		return say("%s can't be killed: children can, %d in a run", p.Title, s.Deaths), nil
	case kill:
		return s.goTo(s.At(ctx, s.Now.Let(p.Kill), false))
	case p.State == explore.Waiting:
		return say("%s can't go on: it waits for %s", p.Title, because(p)), nil
	default:
		return s.goTo(s.At(ctx, s.Now.Let(p.Proc), false))
	}
}

// because is what a process waits for.
func because(p *explore.Process) string {
	switch {
	case p.For == "":
		return "others"
	case p.Why == "":
		return p.For
	}
	return p.For + ", " + p.Why
}

// prospect says whether the program can still fail, and by which keys.
func (s *Session) prospect(p *explore.Prospect) []string {
	text := fmt.Sprintf("can it still fail? %s: %s", p.Answer, p.Text)
	if len(p.Then) == 0 {
		return []string{text}
	}
	keys := map[string]string{}
	for i := range s.Now.Processes {
		keys[s.Now.Processes[i].Proc] = keyOf(i)
	}
	next := len(s.Now.Processes)
	var way []string
	for _, step := range p.Then {
		path, killed := strings.CutSuffix(step, explore.Killed)
		if keys[path] == "" { // it is yet to be started
			keys[path] = keyOf(next)
			next++
		}
		way = append(way, either(killed, "x", "")+keys[path])
	}
	return []string{text, "one way: " + strings.Join(way, " ")}
}

// interact plays on a terminal.
func (s *Session) interact(ctx context.Context, in io.Reader, out io.Writer) error {
	keys, restore := terminal.Keys(in)
	defer restore()
	screen := terminal.NewScreen(out)
	defer screen.Close()
	var told []string
	var escape sequence
	for {
		width, height := screen.Size()
		screen.Draw(s.draw(told, width, height))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-screen.Resized:
		case key, open := <-keys:
			if !open {
				return nil
			}
			if key = escape.plain(key); key == 0 {
				continue
			}
			if key == 'a' { // it takes its time
				width, height := screen.Size()
				screen.Draw(s.draw([]string{"can it still fail? looking …"}, width, height))
			}
			a, err := s.press(ctx, key)
			if err != nil || a.over {
				return err
			}
			told = a.told
		}
	}
}

// sequence leaves out what a terminal sends for a key that is no character; the arrow to
// the left is a step back, that to the right goes on.
type sequence int

const (
	outside   sequence = iota
	escaped            // an escape has come
	bracketed          // … and what begins a sequence
)

// plain is the key that is meant; 0: none, or not yet.
func (q *sequence) plain(key byte) byte {
	switch was := *q; {
	case key == 0x1b:
		*q = escaped
		return 0
	case was == escaped && (key == '[' || key == 'O'):
		*q = bracketed
		return 0
	case was == bracketed:
		if key >= '@' && key <= '~' {
			*q = outside
		}
		switch {
		case *q == outside && key == 'D':
			return 'u'
		case *q == outside && key == 'C':
			return '.'
		}
		return 0
	}
	*q = outside
	return key
}

// script plays without a terminal: each line holds keys, and after each what was done and
// the position are written out.
func (s *Session) script(ctx context.Context, in io.Reader, out io.Writer) error {
	tell := func(lines []string) {
		for _, line := range lines {
			fmt.Fprintln(out, strings.TrimRight(line, " "))
		}
	}
	fmt.Fprintf(out, "%s  %s\n", s.Exercise.ID, s.Line)
	tell(s.plain())
	for lines := bufio.NewScanner(in); lines.Scan(); {
		for _, key := range []byte(lines.Text()) {
			if key == ' ' || key == '\t' {
				continue
			}
			before := len(s.Now.Steps)
			a, err := s.press(ctx, key)
			if err != nil {
				return err
			}
			for _, step := range s.Now.Steps[min(before, len(s.Now.Steps)):] {
				tell([]string{s.step(&step)})
			}
			if tell(a.told); a.over {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		tell(s.plain())
	}
	return nil
}
