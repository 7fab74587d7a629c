package exercise

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Claim is a kind of thing that `expect` can claim.
type Claim struct {
	Name    string
	Rest    string // what follows the name, as the reference writes it
	Does    string // a line for the reference
	Negated bool   // `!` turns it round; elsewhere it is refused
	Needs   string // the command that must have come before, with its flag: "program -race"
	Plain   bool   // it is made of plain runs, and of no interleaving

	read func(c *Claim, not bool, words []string) (Expectation, error) // the words behind the name
}

// Claims are all there are, sorted by name. A new one is a row here, a type below, and
// what it compares in package script.
var Claims = []Claim{
	{Name: "exit", Rest: "CODES", Negated: true, read: readExit,
		Does: "claims an exit code: 3, 1..3, or fails, which is any but 0, or a signal"},
	{Name: "file", Rest: "NAME equals FILE, NAME matches REGEXP, or PATTERN absent", read: readLeaves, Plain: true,
		Does: "claims what the program must leave in its folder"},
	{Name: "memory", Rest: "[child=SIZE] [total=SIZE]", read: readParts[Memory],
		Does: "claims a bound on memory"},
	{Name: "no-races", read: readNoRaces, Needs: "program -race", Plain: true,
		Does: "claims that the race detector reported nothing"},
	{Name: "processes", Rest: "[children=COUNT] [joined=all] [overlap=COUNT] [distinct-pids] [work=SHARE]", read: readParts[Processes],
		Does: "claims something of the processes"},
	{Name: "requests", Rest: "at-once=COUNT", read: readParts[Requests], Needs: "fixture", Plain: true,
		Does: "claims how many requests to the fixture were under way at one moment"},
	{Name: "stderr", Rest: streamUsage, Negated: true, read: readOutput,
		Does: "claims what standard error must be"},
	{Name: "steps", Rest: "[each-child=STEP]…", read: readSteps, Plain: true,
		Does: "claims which files every child creates, writes or removes: STEP is `write counter`, or `remove *.lock`"},
	{Name: "stdout", Rest: streamUsage, Negated: true, read: readOutput,
		Does: "claims what standard output must be"},
	{Name: "uses", Rest: "[each-child=USE]… [parent=USE]…", read: readUses, Plain: true,
		Does: "claims what processes do with what another uses too, in one more run that is observed"},
}

const streamUsage = "equals FILE [within=NUMBER] [loose], unordered FILE [loose], order FILE, or matches REGEXP"

// Expectation is a claim with its words understood: an Exit, an Output, a Leaves, a NoRaces, or
// a pointer to Memory, Processes, Requests, Steps or Uses.
type Expectation interface {
	// words are those behind `expect`, with the `!` that stands before it.
	words() []string
}

// Exit is how the program ends.
type Exit struct {
	Not   bool // any way but these
	Codes Codes
}

func (x Exit) words() []string { return sign(x.Not, "exit", x.Codes.String()) }

// Output is what a stream must be.
type Output struct {
	Not     bool
	Stream  string // stdout, stderr
	How     string // equals, unordered, order, matches
	File    string // what it is compared with: a file's name
	Pattern string // … or must match

	Within float64 // how far a number may be from the expected one
	Loose  bool    // white space is one space, and none at the ends of lines
}

func (x Output) words() []string {
	words := sign(x.Not, x.Stream, x.How, x.File+x.Pattern)
	if x.Within != 0 {
		words = append(words, "within="+strconv.FormatFloat(x.Within, 'g', -1, 64))
	}
	if x.Loose {
		words = append(words, "loose")
	}
	return words
}

// NoRaces wants nothing reported by the race detector.
type NoRaces struct{}

func (NoRaces) words() []string { return []string{"no-races"} }

// Requests is how many requests to the fixture must be under way at one moment.
type Requests struct{ AtOnce *Count }

func (x *Requests) words() []string  { return partWords("requests", x) }
func (x *Memory) words() []string    { return partWords("memory", x) }
func (x *Processes) words() []string { return partWords("processes", x) }

// Claims reports whether anything is wanted that a run tells by itself, without others
// in which work is spoilt.
func (x *Processes) Claims() bool { return len(x.words()) > 1 }

func (x *Uses) words() []string {
	words := []string{"uses"}
	for _, u := range x.EachChild {
		words = append(words, "each-child="+string(u))
	}
	for _, u := range x.Parent {
		words = append(words, "parent="+string(u))
	}
	return words
}

func sign(not bool, words ...string) []string {
	if not {
		return append([]string{"!"}, words...)
	}
	return words
}

// claimed are a claim's words without its sign, and its row.
func claimed(x Expectation) (*Claim, []string) {
	words := x.words()
	if words[0] == "!" {
		words = words[1:]
	}
	return &Claims[slices.IndexFunc(Claims, func(c Claim) bool { return c.Name == words[0] })], words
}

// ReadExpectation understands the words behind `expect`. The error is a *WordError.
func ReadExpectation(negated bool, words []string) (Expectation, error) {
	var names []string
	for _, c := range Claims {
		names = append(names, c.Name)
	}
	if len(words) == 0 {
		return nil, wrong(-1, "expect needs %s", list(names))
	}
	i := slices.Index(names, words[0])
	if i < 0 {
		if near, ok := Nearest(words[0], names); ok {
			return nil, wrong(0, "expect %s: there is no such claim; did you mean %s?", words[0], near)
		}
		return nil, wrong(0, "expect %s: there are %s", words[0], list(names))
	}
	c := &Claims[i]
	if negated && !c.Negated {
		return nil, wrong(-1, "! expect %s is refused: say what must hold", c.Name)
	}
	x, err := c.read(c, negated, words[1:])
	return x, later(err, 1) // counted from behind the name
}

// readEach understands a line of claims that must hold in every interleaving: what
// stands behind `expect`, with the `!` before it. The error is a *WordError.
func readEach(words []string) (Expectation, error) {
	signs := 0
	if len(words) > 0 && words[0] == "!" {
		signs = 1
	}
	x, err := ReadExpectation(signs > 0, words[signs:])
	if err != nil {
		return nil, later(err, signs)
	}
	if p, ok := x.(*Processes); ok && p.Work != 0 {
		return nil, wrong(0, "processes work=… is a claim of plain runs, not of interleavings")
	}
	if c, _ := claimed(x); c.Plain {
		return nil, wrong(0, "%s is a claim of plain runs, not of interleavings", c.Name)
	}
	return x, nil
}

// later moves a fault by some words, where it is at one.
func later(err error, by int) error {
	if e, ok := err.(*WordError); ok && e.Word >= 0 {
		e.Word += by
	}
	return err
}

func (c *Claim) usage(word int) error {
	return wrong(word, "usage: %s", strings.TrimSpace("expect "+c.Name+" "+c.Rest))
}

func readNoRaces(c *Claim, _ bool, words []string) (Expectation, error) {
	if len(words) > 0 {
		return nil, c.usage(0)
	}
	return NoRaces{}, nil
}

func readExit(c *Claim, not bool, words []string) (Expectation, error) {
	if len(words) != 1 {
		return nil, c.usage(-1)
	}
	x := Exit{Not: not}
	if err := x.Codes.parse(words[0]); err != nil {
		return nil, wrong(0, "expect exit: found %q, needs %v", words[0], err)
	}
	return x, nil
}

func readOutput(c *Claim, not bool, words []string) (Expectation, error) {
	if len(words) < 2 {
		return nil, c.usage(-1)
	}
	x := Output{Not: not, Stream: c.Name, How: words[0]}
	for i, word := range words[2:] {
		by, within := strings.CutPrefix(word, "within=")
		switch {
		case within && x.How == "equals" && x.Within == 0:
			var err error
			if x.Within, err = strconv.ParseFloat(by, 64); err != nil || !tolerable(x.Within) {
				return nil, wrong(2+i, "expect %s: %s needs %s", c.Name, word, tolerances)
			}
		case word == "loose" && !x.Loose && (x.How == "equals" || x.How == "unordered"):
			x.Loose = true
		default:
			return nil, c.usage(2 + i)
		}
	}
	switch x.How {
	case "equals", "unordered", "order":
		if x.File = words[1]; x.File == "" {
			return nil, c.usage(1)
		}
	case "matches":
		x.Pattern = words[1]
		if err := new(Pattern).parse(x.Pattern); err != nil {
			return nil, wrong(1, "expect %s matches: found %q, needs %v", c.Name, x.Pattern, err)
		}
	default:
		return nil, c.usage(0)
	}
	return x, nil
}

// tolerances are what a tolerance can be.
const tolerances = "a number above 0, such as 0.01"

func tolerable(by float64) bool { return by > 0 && !math.IsInf(by, 0) }

// disordered says why texts are no order of lines, or "".
func disordered(texts []string) string {
	if len(texts) < 2 {
		return "needs two texts or more: lines with the first stand before those with the second"
	}
	for i, a := range texts {
		for _, b := range texts[:i] {
			if strings.Contains(a, b) || strings.Contains(b, a) {
				return fmt.Sprintf("lines with %q can't all stand before those with %q: one text holds the other", b, a)
			}
		}
	}
	return ""
}

// readUses reads words of which each may stand more than once.
func readUses(c *Claim, _ bool, words []string) (Expectation, error) {
	if len(words) == 0 {
		return nil, c.usage(-1)
	}
	x := &Uses{}
	for i, word := range words {
		who, use, _ := strings.Cut(word, "=")
		u := Use(use)
		switch {
		case who != "each-child" && who != "parent":
			return nil, wrong(i, "expect uses: %s: there are each-child and parent", word)
		case !u.Known():
			return nil, wrong(i, "expect uses: %s: found %q, can be %s", word, use, list(useNames()))
		case who == "parent":
			x.Parent = append(x.Parent, u)
		default:
			x.EachChild = append(x.EachChild, u)
		}
	}
	return x, nil
}

// part is a word "key=value" of a claim.
type part struct {
	key string
	set func(value string) error // the error says what is needed
	say string                   // the word; "" where nothing is claimed
}

func (x *Requests) parts() []part { return []part{countPart("at-once", &x.AtOnce, true)} }

func (x *Memory) parts() []part {
	return []part{sizePart("child", &x.Child), sizePart("total", &x.Total)}
}

func (x *Processes) parts() []part {
	joined := func(v string) error {
		if x.Joined = v; v != "all" {
			return errors.New("all")
		}
		return nil
	}
	distinct := func(v string) error {
		if x.DistinctPIDs = true; v != "" {
			return errors.New("no value")
		}
		return nil
	}
	work := func(v string) (err error) {
		x.Work, err = share(v)
		return err
	}
	return []part{
		countPart("children", &x.Children, false),
		{"joined", joined, when(x.Joined != "", "joined="+x.Joined)},
		countPart("overlap", &x.Overlap, true),
		{"distinct-pids", distinct, when(x.DistinctPIDs, "distinct-pids")},
		{"work", work, when(x.Work != 0, fmt.Sprintf("work=%g", x.Work))},
	}
}

func sizePart(key string, to *Bytes) part {
	return part{key, to.parse, when(*to != 0, key+"="+to.String())}
}

func countPart(key string, to **Count, least bool) part {
	p := part{key: key, set: func(v string) error {
		*to = &Count{}
		if err := (*to).parse(v); err != nil {
			return err
		}
		if (*to).anything(least) {
			return errors.New("a number that something could miss")
		}
		return nil
	}}
	if *to != nil {
		p.say = key + "=" + (*to).String()
	}
	return p
}

func when(given bool, text string) string {
	if given {
		return text
	}
	return ""
}

// partWords writes a claim made of parts.
func partWords(name string, x interface{ parts() []part }) []string {
	words := []string{name}
	for _, p := range x.parts() {
		if p.say != "" {
			words = append(words, p.say)
		}
	}
	return words
}

// readParts reads a claim made of parts; at least one must be there.
func readParts[T any, P interface {
	*T
	Expectation
	parts() []part
}](c *Claim, _ bool, words []string) (Expectation, error) {
	if len(words) == 0 {
		return nil, c.usage(-1)
	}
	x := P(new(T))
	known := map[string]part{}
	for _, p := range x.parts() {
		known[p.key] = p
	}
	given := map[string]bool{}
	for i, word := range words {
		key, value, _ := strings.Cut(word, "=")
		p, ok := known[key]
		switch {
		case !ok:
			return nil, wrong(i, "expect %s: %s: there are %s", c.Name, word, list(sorted(known)))
		case given[key]:
			return nil, wrong(i, "expect %s: %s is given twice", c.Name, key)
		}
		given[key] = true
		if err := p.set(value); err != nil {
			return nil, wrong(i, "expect %s: %s needs %v", c.Name, word, err)
		}
	}
	return x, nil
}

// variableForm is what an environment variable can be called.
const variablePattern = `^[A-Za-z_][A-Za-z0-9_]*$`

var variableForm = form(variablePattern)
