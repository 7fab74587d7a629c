package build

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The go command believes whatever is in its cache. So what is compiled of a
// submission never gets into the cache that later builds read: the go command
// talks to a helper (GOCACHEPROG), which is the grader itself. It reads from the
// trusted cache, the user's own, and writes to a private folder among the temporary
// files of the box. Unlike an overlay it needs no right to mount, and is the
// same in every tier. The trusted cache is written by warm, which compiles
// nothing but the standard library and the course's mp.

// cacheArgument is the private first argument of the helper.
const cacheArgument = "--build-cache"

// Init must come early in main, and in TestMain of tests that build. In a process
// that the go command started as its cache's helper, or Run to read submissions in
// the box, it never returns.
func Init() {
	if len(os.Args) == 2 && os.Args[1] == screenArgument {
		if err := answerScreening(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(screenBroke)
		}
		os.Exit(0)
	}
	if len(os.Args) != 3 || os.Args[1] != cacheArgument {
		return
	}
	private, err := os.MkdirTemp("", "cache-")
	if err == nil {
		err = (&store{os.Args[2], private}).serve(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "cannot serve the build cache: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// helper is the command line for GOCACHEPROG, which splits it at spaces outside
// quotes.
func helper(self, trusted string) (string, error) {
	words := []string{self, cacheArgument, trusted}
	for i, w := range words {
		if strings.ContainsAny(w, `'"`) {
			return "", fmt.Errorf("cannot use a build cache whose path holds a quote: %s", w)
		}
		words[i] = "'" + w + "'"
	}
	return strings.Join(words, " "), nil
}

// hasFolders reports whether a build that asks the helper may be told of the trusted cache as
// GOCACHE. The go command makes 256 folders there before it starts the helper, which takes as
// long as a compilation on some disks, and puts nothing into them: here they are, unless one is
// missing or the box's user may have no way to them.
func (t *toolchain) hasFolders() bool {
	for i := range 256 {
		if info, err := os.Stat(filepath.Join(t.cache, fmt.Sprintf("%02x", i))); err != nil || !info.IsDir() {
			return false
		}
	}
	return ownerOf(t.cache) == os.Geteuid()
}

// store is a cache of two layers: one that is only read, over which lies one that
// is written. Both are laid out as the go command's own cache: an action's file
// XX/ACTION-a names the output, whose bytes are in XX/OUTPUT-d.
type store struct{ trusted, private string }

// request and response are the helper's protocol, see cmd/go/internal/cacheprog.
type request struct {
	ID       int64
	Command  string
	ActionID []byte
	OutputID []byte
	BodySize int64
}

type response struct {
	ID            int64
	Err           string     `json:",omitempty"`
	KnownCommands []string   `json:",omitempty"`
	Miss          bool       `json:",omitempty"`
	OutputID      []byte     `json:",omitempty"`
	Size          int64      `json:",omitempty"`
	Time          *time.Time `json:",omitempty"`
	DiskPath      string     `json:",omitempty"`
}

// serve answers one request after the other until the go command closes.
func (s *store) serve(in io.Reader, out io.Writer) error {
	d := json.NewDecoder(bufio.NewReader(in))
	e := json.NewEncoder(out)
	if err := e.Encode(response{KnownCommands: []string{"get", "put", "close"}}); err != nil {
		return err
	}
	for {
		var q request
		switch err := d.Decode(&q); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		var body []byte
		if q.BodySize > 0 {
			if err := d.Decode(&body); err != nil {
				return err
			}
		}
		r, err := s.answer(q, body)
		if err != nil {
			r = response{Err: err.Error()}
		}
		r.ID = q.ID
		if err := e.Encode(r); err != nil {
			return err
		}
		if q.Command == "close" {
			return nil
		}
	}
}

func (s *store) answer(q request, body []byte) (response, error) {
	switch q.Command {
	case "get":
		for _, layer := range []string{s.private, s.trusted} {
			if r, ok := find(layer, q.ActionID); ok {
				return r, nil
			}
		}
		return response{Miss: true}, nil
	case "put":
		if int64(len(body)) != q.BodySize {
			return response{}, fmt.Errorf("a body of %d bytes, where %d were announced", len(body), q.BodySize)
		}
		return s.put(q, body)
	case "close":
		return response{}, nil
	}
	return response{}, fmt.Errorf("unknown command %q", q.Command)
}

// find looks an action up in one layer. What is not whole is not there.
func find(layer string, action []byte) (response, bool) {
	text, err := os.ReadFile(named(layer, action, "-a"))
	if err != nil {
		return response{}, false
	}
	var version, own, output string
	var size, nanoseconds int64
	if n, _ := fmt.Sscan(string(text), &version, &own, &output, &size, &nanoseconds); n != 5 || version != "v1" || own != hex.EncodeToString(action) {
		return response{}, false
	}
	id, err := hex.DecodeString(output)
	if err != nil || len(id) == 0 {
		return response{}, false
	}
	r := response{OutputID: id, Size: size, DiskPath: named(layer, id, "-d")}
	if info, err := os.Stat(r.DiskPath); err != nil || info.Size() != size {
		return response{}, false
	}
	at := time.Unix(0, nanoseconds)
	r.Time = &at
	return r, true
}

// put writes an action and its output into the private layer, the output first.
func (s *store) put(q request, body []byte) (response, error) {
	now := time.Now()
	r := response{OutputID: q.OutputID, Size: q.BodySize, Time: &now, DiskPath: named(s.private, q.OutputID, "-d")}
	if err := write(r.DiskPath, body); err != nil {
		return response{}, err
	}
	entry := fmt.Sprintf("v1 %x %x %20d %20d\n", q.ActionID, q.OutputID, q.BodySize, now.UnixNano())
	return r, write(named(s.private, q.ActionID, "-a"), []byte(entry))
}

func named(layer string, id []byte, kind string) string {
	name := hex.EncodeToString(id)
	return filepath.Join(layer, name[:min(2, len(name))], name+kind)
}
