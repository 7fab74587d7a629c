// Package web shows make play as a page. In go a session and a browser of this machine; out
// come positions. It is built when it is wanted, since it needs a server of HTTP: see
// grader/web.go.
package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/play"
	"lockstep/grader/internal/report"
)

// The page's parts. They ask for nothing but what this server has.
var (
	//go:embed page/page.html
	pageText string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string
)

// policy lets a page take effect and ask by these parts alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mostAsked bounds what is asked at once, in bytes.
const mostAsked = 1 << 20

// version is that of what the page asks, which stands in its addresses.
const version = 1

// Serve serves the page on this machine, for those who have its address, which goes to out,
// until the context ends.
func Serve(ctx context.Context, s *play.Session, out, words io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		if listener, err = net.Listen("tcp", "[::1]:0"); err != nil {
			return fmt.Errorf("cannot serve the page: %w", err)
		}
	}
	p := &page{Session: s, ctx: ctx, token: rand.Text()}
	server := &http.Server{Handler: p, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Fprintf(out, "http://%s/%s/\n", listener.Addr(), p.token)
	fmt.Fprintln(words, "open it in a browser on this machine; it is gone when this ends: Ctrl-C")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve the page: %w", err)
	}
	return ctx.Err()
}

// page answers a browser.
type page struct {
	*play.Session
	ctx   context.Context
	token string     // begins every path
	mu    sync.Mutex // one thing at a time is asked of the program
}

// ServeHTTP knows nobody who does not know the token, nor one who came by another name than
// this machine's: a page from elsewhere could have its own name lead here.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if subtle.ConstantTimeCompare([]byte(token), []byte(p.token)) != 1 || !local(r.Host) || !strings.HasPrefix(r.URL.Path, "/"+token+"/") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	for _, part := range []struct{ path, kind, text string }{
		{"", "text/html", pageText},
		{"page.css", "text/css", report.PageStyle() + pageStyle},
		{"page.js", "text/javascript", pageScript},
	} {
		if path == part.path {
			if r.Method != http.MethodGet {
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			h.Set("Content-Type", part.kind+"; charset=utf-8")
			io.WriteString(w, part.text)
			return
		}
	}
	name, ok := strings.CutPrefix(path, fmt.Sprintf("v%d/", version))
	do := map[string]func(context.Context, asked) (any, error){
		"program": p.described, "at": p.shown, "can-fail": p.prospects, "save": p.saved,
	}[name]
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !ok || do == nil:
		w.WriteHeader(http.StatusNotFound)
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case kind != "application/json" || !own(r):
		w.WriteHeader(http.StatusForbidden)
	default:
		p.answer(w, r, do)
	}
}

// local reports whether a host is this machine, by a name that nobody else can take.
func local(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return name == "localhost" || net.ParseIP(strings.Trim(name, "[]")).IsLoopback()
}

// own reports whether a request comes from the page itself, as far as the browser says.
func own(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host == r.Host
}

// asked is what the page asks.
type asked struct {
	Schedule string `json:"schedule"`        // of a position
	Steps    *int   `json:"steps,omitempty"` // … so many steps of it
	Let      string `json:"let,omitempty"`   // … and then one of the process with this path, or whose Kill it is
	Lone     bool   `json:"lone,omitempty"`  // … and on as long as only one can
}

// program is what stays as it is.
type program struct {
	Version  int                 `json:"version"`
	Exercise string              `json:"exercise"`
	Title    string              `json:"title"`
	Text     string              `json:"goal"` // of the exercise
	Check    string              `json:"check"`
	Line     string              `json:"line"`    // what is run
	Sources  map[string][]string `json:"sources"` // lines, by file
	Keys     string              `json:"keys"`    // of the processes, in order
	Help     []string            `json:"help"`
	Deaths   int                 `json:"deaths,omitempty"` // how many processes may be killed
	Begin    view                `json:"begin"`
}

// view is a position and how far it is from the goal.
type view struct {
	*explore.Position
	Goal string `json:"aim,omitempty"`
	Met  bool   `json:"met,omitempty"`
}

func (p *page) answer(w http.ResponseWriter, r *http.Request, do func(context.Context, asked) (any, error)) {
	var q asked
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostAsked)).Decode(&q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	defer context.AfterFunc(r.Context(), stop)()
	said, err := do(ctx, q)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		said = map[string]string{"error": err.Error()}
	}
	json.NewEncoder(w).Encode(said)
}

func (p *page) seen(at *explore.Position) view {
	text, met := p.Goal(at)
	return view{at, text, met}
}

func (p *page) described(context.Context, asked) (any, error) {
	all := program{
		Version: version, Exercise: p.Exercise.ID, Title: p.Exercise.Title, Text: p.Exercise.Goal, Check: p.Check.Called(),
		Line: p.Line, Sources: map[string][]string{}, Keys: play.Keys, Help: p.Help(), Deaths: p.Deaths, Begin: p.seen(p.Now),
	}
	for name, text := range p.Sources {
		all.Sources[name] = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	return all, nil
}

// found is the position that is meant.
func (p *page) found(ctx context.Context, q asked) (*explore.Position, error) {
	schedule, err := q.Schedule, error(nil)
	if q.Steps != nil {
		if schedule, err = explore.Cut(schedule, *q.Steps); err != nil {
			return nil, err
		}
	}
	at, err := p.At(ctx, schedule, q.Lone && q.Let == "")
	if err != nil || q.Let == "" {
		return at, err
	}
	return p.At(ctx, at.Let(q.Let), q.Lone)
}

func (p *page) shown(ctx context.Context, q asked) (any, error) {
	at, err := p.found(ctx, q)
	if err != nil {
		return nil, err
	}
	return p.seen(at), nil
}

func (p *page) prospects(ctx context.Context, q asked) (any, error) {
	at, err := p.found(ctx, q)
	if err != nil {
		return nil, err
	}
	return p.CanFail(ctx, at)
}

func (p *page) saved(ctx context.Context, q asked) (any, error) {
	at, err := p.found(ctx, q)
	if err != nil {
		return nil, err
	}
	command, err := p.Save(at)
	return map[string]string{"command": command}, err
}
