package exercise

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A scalar reads itself from a YAML scalar's text. The error says what is
// allowed, since the place and the text found are added by the decoder.
type scalar interface{ parse(text string) error }

// Duration is a length of time, written as Go does: "10s", "1m30s".
type Duration time.Duration

func (d *Duration) parse(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil || v <= 0 {
		return fmt.Errorf("a duration above zero such as 10s or 1m30s")
	}
	*d = Duration(v)
	return nil
}

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Bytes is a size, written with a binary unit: "64KiB", "256MiB", "1GiB", "512B".
type Bytes int64

var units = []struct {
	name string
	size int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}}

func (b *Bytes) parse(text string) error {
	allowed := fmt.Errorf("a size above zero such as 64KiB, 256MiB or 1GiB")
	for _, u := range units {
		number, found := strings.CutSuffix(text, u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n <= 0 || n > (1<<62)/u.size {
			return allowed
		}
		*b = Bytes(n * u.size)
		return nil
	}
	return allowed
}

// String writes b in the largest unit that divides it.
func (b Bytes) String() string {
	for i := 2; i >= 0; i-- {
		if u := units[i]; b != 0 && int64(b)%u.size == 0 {
			return fmt.Sprintf("%d%s", int64(b)/u.size, u.name)
		}
	}
	return fmt.Sprintf("%dB", int64(b))
}

// Pattern is a regular expression in Go's syntax, matched line by line: ^ and $
// are the ends of a line.
type Pattern struct{ text string }

func (p *Pattern) parse(text string) error {
	if strings.ContainsAny(text, "\n\r\x00") {
		return fmt.Errorf(`a regular expression on one line (a line break in it is written \n)`)
	}
	// A {{pid N}} stands for digits that only a run can tell.
	digits := ExpandPIDs(text, func(int) string { return "0" })
	re, err := regexp.Compile("(?m)" + digits)
	if err != nil {
		if _, own := regexp.Compile(digits); own != nil { // which names what the instructor wrote
			err = own
		}
		return fmt.Errorf("a regular expression (%w)", err)
	}
	if re.MatchString("") && re.MatchString("\x00") {
		return fmt.Errorf("a regular expression that does not match every output")
	}
	p.text = text
	return nil
}

// String returns the pattern as the instructor wrote it.
func (p *Pattern) String() string { return p.text }

// Count is a number of processes: "4" (the field says whether exactly or at
// least), "2..4", or "2.." with no upper end.
type Count struct {
	Min, Max int // Max is -1 where there is no upper end
	Bare     bool
}

func (c *Count) parse(text string) error {
	allowed := fmt.Errorf("a number such as 4, or a range such as 2.. or 2..4")
	low, high, ranged := strings.Cut(text, "..")
	low, high = strings.TrimSpace(low), strings.TrimSpace(high)
	if n, err := strconv.Atoi(high); ranged && low == "" && err == nil && n >= 0 {
		return fmt.Errorf("a number before it: 0..%d", n)
	}
	var err error
	if c.Min, err = strconv.Atoi(low); err != nil || c.Min < 0 {
		return allowed
	}
	c.Max, c.Bare = c.Min, !ranged
	if !ranged {
		return nil
	}
	if high == "" {
		c.Max = -1
		return nil
	}
	if c.Max, err = strconv.Atoi(high); err != nil || c.Max < c.Min {
		return allowed
	}
	return nil
}

// anything reports whether every number is within c, a bare one being the least where
// its field says so.
func (c Count) anything(least bool) bool { return c.Min == 0 && (c.Max < 0 || least && c.Bare) }

// String writes c as it can be read back.
func (c Count) String() string {
	switch {
	case c.Bare:
		return strconv.Itoa(c.Min)
	case c.Max < 0:
		return fmt.Sprintf("%d..", c.Min)
	}
	return fmt.Sprintf("%d..%d", c.Min, c.Max)
}

// Codes are exit codes: "3", "1..3", or "fails".
type Codes struct{ Min, Max int }

// Failing is every end but with exit code 0: by a signal too.
var Failing = Codes{1, -1}

func (c *Codes) parse(text string) error {
	var n Count
	if text == "fails" {
		*c = Failing
	} else if n.parse(text) != nil || n.Max < 0 || n.Max > 255 {
		return fmt.Errorf("a code from 0 to 255 such as 1, a range of them such as 1..3, or fails")
	} else {
		*c = Codes{n.Min, n.Max}
	}
	return nil
}

// Has reports whether a process ended so that ended with a code, or by a signal.
func (c Codes) Has(code int, signalled bool) bool {
	if c == Failing {
		return signalled || code != 0
	}
	return !signalled && code >= c.Min && code <= c.Max
}

// String writes c as it can be read back.
func (c Codes) String() string {
	if c == Failing {
		return "fails"
	}
	return Count{Min: c.Min, Max: c.Max, Bare: c.Min == c.Max}.String()
}

// ParseCount reads a Count from its text.
func ParseCount(text string) (*Count, error) {
	c := &Count{}
	if err := c.parse(text); err != nil {
		return nil, fmt.Errorf("needs %w", err)
	}
	return c, nil
}
