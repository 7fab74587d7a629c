package exercise

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pick returns one of the whole numbers from low to high. All draws are made of such.
type Pick func(low, high int) int

// drawn makes a draw's text.
type drawn func(pick Pick) string

// drawKind is something that can be drawn.
type drawKind struct {
	example string
	read    func(words []string) (drawn, error) // errForm: they are not written so
}

var errForm = errors.New("it is written otherwise")

// drawKinds are those that a draw, and an item of a list, can be of. A draw of numbers
// picks once, since that is what seeds stand for that are written down.
var drawKinds = map[string]drawKind{
	"int":   {"{{int 3 9}}", readInt},
	"float": {"{{float 0.5 2.5 2}}", readFloat},
	"word":  {"{{word 3 8}}", readWord},
	"pick":  {"{{pick red green blue}}", readPick},
}

// listName is the kind that is made of others.
const (
	listName    = "list"
	listExample = "{{list 3 5 , int 1 9}}"
)

// Bounds of what is drawn: within them, no text gets long that is not meant to be.
const (
	mostNumber  = 1 << 32 // there are at most twice as many to draw from
	mostLetters = 20
	mostItems   = 1000
)

var (
	wholeForm   = form(`^-?\d+$`)
	decimalForm = form(`^-?\d+(\.\d+)?$`)
	choiceForm  = form(`^[\pL\pN_.,:;+%@=/-]+$`) // means nothing to a script
	signForm    = form(`^[,;:/|+=._-]$`)
)

// separators have a name where a sign can't be written in a draw.
var separators = map[string]string{"space": " ", "line": "\n"}

// readDraw understands a draw with its braces.
func readDraw(found string) (drawn, error) {
	name := nearDraw().FindStringSubmatch(found)[1]
	read, example := readList, listExample
	if name != listName {
		read, example = drawKinds[name].read, drawKinds[name].example
	}
	words := strings.Split(strings.TrimSuffix(strings.TrimPrefix(found, "{{"), "}}"), " ")
	err := errForm
	if strings.HasSuffix(found, "}}") && words[0] == name {
		var d drawn
		if d, err = read(words[1:]); err == nil {
			return d, nil
		}
	}
	if err == errForm {
		return nil, fmt.Errorf("found %q, a draw is written %s", found, example)
	}
	return nil, fmt.Errorf("%s %w", found, err)
}

// readBounds reads two whole numbers.
func readBounds(words []string) (low, high int, err error) {
	if len(words) != 2 || !wholeForm().MatchString(words[0]) || !wholeForm().MatchString(words[1]) {
		return 0, 0, errForm
	}
	low, errLow := strconv.Atoi(words[0]) // the nearest that there is, if it is too large
	high, errHigh := strconv.Atoi(words[1])
	return low, high, fitting(low, high, errLow != nil || errHigh != nil)
}

func fitting(low, high int, huge bool) error {
	switch {
	case low > high:
		return errors.New("needs its smaller number first")
	case huge || low < -mostNumber || high > mostNumber:
		return errors.New("needs numbers of at most nine digits")
	}
	return nil
}

func readInt(words []string) (drawn, error) {
	low, high, err := readBounds(words)
	return func(pick Pick) string { return strconv.Itoa(pick(low, high)) }, err
}

// readFloat reads two numbers, and how many decimals are drawn: that is a draw of so small
// parts of one.
func readFloat(words []string) (drawn, error) {
	if len(words) != 3 || !decimalForm().MatchString(words[0]) || !decimalForm().MatchString(words[1]) {
		return nil, errForm
	}
	decimals, err := number(words[2], 1, 9)
	if err != nil {
		return nil, errors.New("needs 1 to 9 decimals, its last number")
	}
	var parts [2]int
	huge := false
	for i, word := range words[:2] {
		whole, fraction, _ := strings.Cut(word, ".")
		if len(fraction) > decimals {
			return nil, fmt.Errorf("needs numbers of no more decimals than the %d that are drawn", decimals)
		}
		parts[i], err = strconv.Atoi(whole + fraction + strings.Repeat("0", decimals-len(fraction)))
		huge = huge || err != nil
	}
	low, high := parts[0], parts[1]
	return func(pick Pick) string {
		n := pick(low, high)
		text := fmt.Sprintf("%0*d", decimals+1, max(n, -n))
		return when(n < 0, "-") + text[:len(text)-decimals] + "." + text[len(text)-decimals:]
	}, fitting(low, high, huge)
}

// readWord reads how many letters a word has. One can be spoken, since a person reads it
// when a check fails.
func readWord(words []string) (drawn, error) {
	low, high, err := readBounds(words)
	if err == nil && (low < 1 || high > mostLetters) {
		err = fmt.Errorf("needs 1 to %d letters", mostLetters)
	}
	return func(pick Pick) string {
		text := make([]byte, pick(low, high))
		for i := range text {
			of := "bdfgklmnprstvz"
			if i%2 == 1 {
				of = "aeiou"
			}
			text[i] = of[pick(0, len(of)-1)]
		}
		return string(text)
	}, err
}

func readPick(words []string) (drawn, error) {
	if len(words) < 2 || slices.Contains(words, "") {
		return nil, errForm
	}
	for _, word := range words {
		if !choiceForm().MatchString(word) {
			return nil, fmt.Errorf("has %q, and needs words of letters, digits and _.,:;+%%@=/-", word)
		}
	}
	return func(pick Pick) string { return words[pick(0, len(words)-1)] }, nil
}

// readList reads how many items there are, what parts them, and how each is drawn.
func readList(words []string) (drawn, error) {
	if len(words) < 4 {
		return nil, errForm
	}
	low, high, err := readBounds(words[:2])
	if err == nil && (low < 1 || high > mostItems) {
		err = fmt.Errorf("needs 1 to %d items", mostItems)
	}
	if err != nil {
		return nil, err
	}
	between, named := separators[words[2]]
	if !named {
		if between = words[2]; !signForm().MatchString(between) {
			return nil, fmt.Errorf("has %q between items, and needs one of ,;:/|+=._- or the word space or line", between)
		}
	}
	kind, ok := drawKinds[words[3]]
	if !ok {
		return nil, fmt.Errorf("has items of the kind %q, and can have %s", words[3], list(sorted(drawKinds)))
	}
	item, err := kind.read(words[4:])
	if err == errForm {
		err = fmt.Errorf("has items that are not written as in %s", kind.example)
	}
	return func(pick Pick) string {
		items := make([]string, pick(low, high))
		for i := range items {
			items[i] = item(pick)
		}
		return strings.Join(items, between)
	}, err
}
