package exercise

import (
	"errors"
	"regexp"
	"slices"
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

	read func(x *Expectation, words []string) error // the words behind the name
}

// Claims are all there are, sorted by name. A new one is a row here, and what it
// compares in package script, under the same name.
var Claims = []Claim{
	{Name: "exit", Rest: "CODE", Negated: true, read: readExit,
		Does: "claims an exit code"},
	{Name: "memory", Rest: "[child=SIZE] [total=SIZE]", read: readMemory,
		Does: "claims a bound on memory"},
	{Name: "no-races", read: readNothing, Needs: "program -race", Plain: true,
		Does: "claims that the race detector reported nothing"},
	{Name: "processes", Rest: "[children=COUNT] [joined=all] [overlap=COUNT] [distinct-pids] [work=SHARE]", read: readProcesses,
		Does: "claims something of the processes"},
	{Name: "requests", Rest: "at-once=COUNT", read: readRequests, Needs: "fixture", Plain: true,
		Does: "claims how many requests to the fixture were under way at one moment"},
	{Name: "stderr", Rest: streamUsage, Negated: true, read: readStream,
		Does: "claims what standard error must be"},
	{Name: "stdout", Rest: streamUsage, Negated: true, read: readStream,
		Does: "claims what standard output must be"},
	{Name: "uses", Rest: "[each-child=USE]… [parent=USE]…", read: readUses, Plain: true,
		Does: "claims what processes do with what another uses too, in one more run that is observed"},
}

const streamUsage = "equals|unordered FILE, or matches REGEXP"

// Expectation is a claim with its words understood.
type Expectation struct {
	Claim     *Claim
	Negated   bool
	Exit      int
	How       string // of a stream: equals, unordered, matches
	File      string // … what it is compared with
	Pattern   string // … or must match
	Processes Processes
	Memory    Memory
	AtOnce    *Count
	Uses      Uses
}

// ReadExpectation understands the words behind `expect`. The error is a *WordError.
func ReadExpectation(negated bool, words []string) (*Expectation, error) {
	var names []string
	for i := range Claims {
		names = append(names, Claims[i].Name)
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
	x := &Expectation{Claim: &Claims[i], Negated: negated}
	if negated && !x.Claim.Negated {
		return nil, wrong(-1, "! expect %s is refused: say what must hold", x.Claim.Name)
	}
	if err := x.Claim.read(x, words[1:]); err != nil {
		if e, ok := err.(*WordError); ok && e.Word >= 0 {
			e.Word++ // counted from behind the name
		}
		return nil, err
	}
	return x, nil
}

// ReadEach understands a line of claims that must hold in every interleaving: what
// stands behind `expect`, with the `!` before it. The error is a *WordError.
func ReadEach(words []string) (*Expectation, error) {
	negated := len(words) > 0 && words[0] == "!"
	behind := words
	if negated {
		behind = words[1:]
	}
	x, err := ReadExpectation(negated, behind)
	var e *WordError
	if errors.As(err, &e) && negated && e.Word >= 0 {
		e.Word++
	}
	if err == nil && x.Processes.Work != 0 {
		return nil, wrong(0, "processes work=… is a claim of plain runs, not of interleavings")
	}
	if err == nil && x.Claim.Plain {
		return nil, wrong(0, "%s is a claim of plain runs, not of interleavings", x.Claim.Name)
	}
	return x, err
}

func (x *Expectation) usage(word int) error {
	return wrong(word, "usage: %s", strings.TrimSpace("expect "+x.Claim.Name+" "+x.Claim.Rest))
}

func readNothing(x *Expectation, words []string) error {
	if len(words) > 0 {
		return x.usage(0)
	}
	return nil
}

func readExit(x *Expectation, words []string) (err error) {
	if len(words) != 1 {
		return x.usage(-1)
	}
	if x.Exit, err = number(words[0], 0, 255); err != nil {
		return wrong(0, "expect exit: found %q, needs %v", words[0], err)
	}
	return nil
}

func readStream(x *Expectation, words []string) error {
	if len(words) != 2 {
		return x.usage(-1)
	}
	switch x.How = words[0]; x.How {
	case "equals", "unordered":
		x.File = words[1]
		if x.File == "" {
			return x.usage(1)
		}
	case "matches":
		x.Pattern = words[1]
		if err := new(Pattern).parse(x.Pattern); err != nil {
			return wrong(1, "expect %s matches: found %q, needs %v", x.Claim.Name, x.Pattern, err)
		}
	default:
		return x.usage(0)
	}
	return nil
}

func readProcesses(x *Expectation, words []string) error {
	return x.parts(words, map[string]func(string) error{
		"children": countPart(&x.Processes.Children, false),
		"overlap":  countPart(&x.Processes.Overlap, true),
		"joined": func(v string) error {
			if x.Processes.Joined = v; v != "all" {
				return wrong(0, "all")
			}
			return nil
		},
		"work": func(v string) (err error) {
			x.Processes.Work, err = share(v)
			return err
		},
		"distinct-pids": func(v string) error {
			if x.Processes.DistinctPIDs = true; v != "" {
				return wrong(0, "no value")
			}
			return nil
		},
	})
}

// readUses reads words of which each may stand more than once.
func readUses(x *Expectation, words []string) error {
	if len(words) == 0 {
		return x.usage(-1)
	}
	for i, word := range words {
		who, use, _ := strings.Cut(word, "=")
		u := Use(use)
		switch {
		case who != "each-child" && who != "parent":
			return wrong(i, "expect uses: %s: there are each-child and parent", word)
		case !u.Known():
			return wrong(i, "expect uses: %s: found %q, can be %s", word, use, list(useNames()))
		case who == "parent":
			x.Uses.Parent = append(x.Uses.Parent, u)
		default:
			x.Uses.EachChild = append(x.Uses.EachChild, u)
		}
	}
	return nil
}

func readMemory(x *Expectation, words []string) error {
	return x.parts(words, map[string]func(string) error{"child": x.Memory.Child.parse, "total": x.Memory.Total.parse})
}

func readRequests(x *Expectation, words []string) error {
	return x.parts(words, map[string]func(string) error{"at-once": countPart(&x.AtOnce, true)})
}

func countPart(to **Count, least bool) func(string) error {
	return func(v string) error {
		*to = &Count{}
		if err := (*to).parse(v); err != nil {
			return err
		}
		if (*to).anything(least) {
			return wrong(0, "a number that something could miss")
		}
		return nil
	}
}

// parts reads "key=value" words; at least one must be there.
func (x *Expectation) parts(words []string, known map[string]func(string) error) error {
	if len(words) == 0 {
		return x.usage(-1)
	}
	given := map[string]bool{}
	for i, word := range words {
		key, value, _ := strings.Cut(word, "=")
		set, ok := known[key]
		switch {
		case !ok:
			return wrong(i, "expect %s: %s: there are %s", x.Claim.Name, word, list(sorted(known)))
		case given[key]:
			return wrong(i, "expect %s: %s is given twice", x.Claim.Name, key)
		}
		given[key] = true
		if err := set(value); err != nil {
			return wrong(i, "expect %s: %s needs %v", x.Claim.Name, word, err)
		}
	}
	return nil
}

// variableForm is what an environment variable can be called.
var variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
