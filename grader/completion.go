package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/usage"
)

const completionExamples = `  source <(.lockstep/grader completion bash)  for the grader that make has built, also in ~/.bashrc
  source <(.lockstep/grader completion zsh)   … in ~/.zshrc, behind compinit
  .lockstep/grader completion fish | source   … in ~/.config/fish/config.fish
`

// shells have what asks the grader for the words that fit where somebody types: one in a
// line, and behind a tab what it is. Where there is none, a file may be meant.
var shells = map[string]string{
	"bash": `_grader() {
	local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=($("${COMP_WORDS[0]}" completion words "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null | cut -f1))
}
complete -o default -F _grader grader
`,
	"zsh": `#compdef grader
_grader() {
	local -a found
	found=(${(f)"$("${words[1]}" completion words "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	found=(${found//:/\\:})
	found=(${found/$'\t'/:})
	_describe grader found || _files
}
compdef _grader grader
`,
	"fish": `function __grader_words
	set -l typed (commandline -opc)
	$typed[1] completion words $typed[2..] "$(commandline -ct)" 2>/dev/null
end
complete -c grader -f -n 'test -n "$(__grader_words)"' -a '(__grader_words)'
`,
}

// runCompletion prints what makes a shell complete the grader's words. What it has the
// shell call is left out of the help: completion words WORD…, the last of which is being
// typed.
func runCompletion(ctx context.Context, c *cli) error {
	if len(c.raw) > 1 && c.raw[0] == "words" {
		return c.complete(ctx, c.raw[1:])
	}
	args, err := c.parse(completionExamples)
	if err != nil {
		return err
	}
	if len(args) != 1 || shells[args[0]] == "" {
		return usage.Errorf("want one of %s, as in: grader completion bash", c.sub.args)
	}
	_, err = io.WriteString(c.out, shells[args[0]])
	return err
}

// complete prints the words that fit where the last of typed stands, each with what it is.
func (c *cli) complete(ctx context.Context, typed []string) error {
	before, word := typed[:len(typed)-1], typed[len(typed)-1]
	fits := func(known, what string) {
		if strings.HasPrefix(known, word) {
			fmt.Fprintf(c.out, "%s\t%s\n", known, what)
		}
	}
	for _, sub := range subcommands() {
		if len(before) == 0 || len(before) == 1 && before[0] == "help" {
			fits(sub.name, sub.summary)
		} else if sub.name == before[0] {
			called := newCLI(sub, before[1:], c.streams)
			called.listing = true
			if err := sub.run(ctx, called); !errors.Is(err, errHelp) {
				return err
			}
			return called.fitting(word, fits)
		}
	}
	return nil
}

// fitting tells what may come behind a call that was begun.
func (c *cli) fitting(word string, fits func(known, what string)) error {
	wants := ""
	if n := len(c.raw); n > 0 && strings.HasPrefix(c.raw[n-1], "-") {
		if f := c.flags.Lookup(strings.TrimLeft(c.raw[n-1], "-")); f != nil {
			wants, _ = flag.UnquoteUsage(f) // nothing of what is on or off
		}
	}
	if wants == "" && strings.HasPrefix(word, "-") {
		c.flags.VisitAll(func(f *flag.Flag) {
			_, what := flag.UnquoteUsage(f)
			fits("--"+f.Name, what)
		})
		return nil
	}
	wants = strings.Trim(cmp.Or(wants, c.sub.args), "[…]")
	if strings.Contains(wants, "|") {
		for known := range strings.SplitSeq(wants, "|") {
			fits(known, "")
		}
	}
	if wants != "EX" && !strings.HasPrefix(wants, "EX ") {
		return nil
	}
	root, err := c.root()
	if err != nil {
		return err
	}
	all, err := exercise.IDs(root)
	for _, id := range all {
		fits(id, "")
		if _, name, _ := strings.Cut(id, "-"); word != "" {
			fits(name, "")
		}
	}
	return err
}
