//go:build page

package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/play"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/script"
)

func TestMain(m *testing.M) {
	box.Init()
	build.Init()
	script.Init()
	os.Exit(m.Run())
}

// TestPage plays in a real browser, as a reader does. It needs Chromium (apt-get install
// chromium): make test-page. Where LOCKSTEP_SHOTS names a folder, what was seen is left
// there.
func TestPage(t *testing.T) {
	allocator := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox) // its own page, and root in a container
	browser, stop := chromedp.NewExecAllocator(t.Context(), allocator...)
	defer stop()
	for _, c := range []struct {
		id, keys, says string
	}{
		{"10-lost-updates", "..00112221", "Goal: lose 2 updates (1 so far)."},
		{"14-lock-order", "..00112233", "Failed: deadlock: transfer-1 and transfer-2 wait for each other"},
		{"21-never-receives-back", "..11", "mark-1 prints"},
		{"22-full-pipe", "..111100", "Failed: join before receive"},
		{"37-the-supervisor", ".0111x1", "work-1 is killed here"},
	} {
		t.Run(c.id, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			defer end()
			address, told := io.Pipe()
			over := make(chan error)
			go func() {
				played, err := play.Run(ctx, options(t, c.id, func(ctx context.Context, s *play.Session) error {
					return Serve(ctx, s, told, io.Discard)
				}))
				if err == nil && !played {
					err = errors.New("the program was not played")
				}
				told.CloseWithError(err)
				over <- err
			}()
			line, err := bufio.NewReader(address).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			browse(t, browser, strings.TrimSpace(line), c.id, c.keys, c.says)
			end()
			<-over
		})
	}
}

// options say that an exercise's starter is played.
func options(t *testing.T, id string, serve func(context.Context, *play.Session) error) play.Options {
	t.Helper()
	course, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := exercise.LoadThese(filepath.Join(course, "exercises"), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := replay.Read(course, loaded[0], "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	return play.Options{Course: course, Exercise: loaded[0], Asked: asked, Seed: 1, Out: io.Discard, Err: io.Discard, Serve: serve}
}

// browse plays an exercise by keys.
func browse(t *testing.T, browser context.Context, address, id, keys, says string) {
	ctx, stop := chromedp.NewContext(browser)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	defer stop()
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the script breaks: %v", e.ExceptionDetails)
		case *log.EventEntryAdded:
			t.Errorf("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, address) && !strings.HasPrefix(e.Request.URL, "data:") {
				t.Errorf("the page asks for %s", e.Request.URL)
			}
		}
	})
	do := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(script string) (answer float64) {
		t.Helper()
		do(chromedp.Evaluate("Number("+script+")", &answer))
		return answer
	}
	// The page lets nobody make functions of texts, as chromedp's own wait does.
	until := func(what string) chromedp.Action {
		return chromedp.Evaluate("new Promise(done => { const look = () => ("+what+") ? done(true) : setTimeout(look, 5); look(); })", nil,
			func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) })
	}
	idle := until("!document.body.hasAttribute('aria-busy') && document.querySelectorAll('.process').length > 0")
	press := func(key string) { t.Helper(); do(chromedp.KeyEvent(key), idle) }
	look := func(name string) {
		t.Helper()
		var picture []byte
		do(chromedp.FullScreenshot(&picture, 100))
		if dir := os.Getenv("LOCKSTEP_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, id+"-"+name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	state := func() (text string) {
		t.Helper()
		do(chromedp.Text("#state", &text))
		return text
	}
	do(network.Enable(), log.Enable(), chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address), idle)
	if begin := state(); !strings.HasPrefix(begin, "The beginning.") {
		t.Errorf("it begins with %q", begin)
	}
	for _, key := range keys {
		press(string(key))
	}
	end := state()
	if !strings.Contains(end, says) {
		t.Errorf("after %s it says %q, not %q", keys, end, says)
	}
	look("light")

	// Who may be killed by a key may be by a button, and not more often.
	if kills := "document.querySelectorAll('.process .kill').length"; strings.Contains(keys, "x") {
		if got := ask(kills); got != 0 {
			t.Errorf("after a death %v can be killed", got)
		}
		press(kb.ArrowLeft)
		if got := ask(kills); got != 2 {
			t.Errorf("%v can be killed, not both", got)
		}
		look("mortal")
		do(chromedp.Click(".process .kill", chromedp.ByQuery), idle)
		if state() != end {
			t.Errorf("the button leads to %q, not to %q", state(), end)
		}
	}

	// A step back and forward again leads to the same; so does the slider.
	steps := "document.querySelectorAll('#steps li').length"
	was := ask(steps)
	press(kb.ArrowLeft)
	if got := ask(steps); got >= was || state() == end {
		t.Errorf("a step back leads from %v steps to %v", was, got)
	}
	press(kb.ArrowRight)
	if got := ask(steps); got != was || state() != end {
		t.Errorf("a step back and forward again leads to %v steps, not %v: %s", got, was, state())
	}
	do(chromedp.Focus("#slider", chromedp.ByQuery))
	press(kb.Home)
	if got := ask(steps); got != 0 {
		t.Errorf("the slider's beginning has %v steps", got)
	}
	press(kb.End)
	if got := ask(steps); got != was || state() != end {
		t.Errorf("the slider's end has %v steps, not %v", got, was)
	}

	// A button lets the same process go as its key does, and keeps the focus.
	do(chromedp.Focus("#slider", chromedp.ByQuery))
	press(kb.Home)
	do(chromedp.Click(".process button:enabled", chromedp.ByQuery), idle)
	if got := ask(steps); got != 1 {
		t.Errorf("a button makes %v steps", got)
	}
	if ask("document.activeElement.dataset.let === '0'") != 1 {
		t.Error("the button has lost the focus")
	}
	press("a")
	do(until("/Can it still fail[?] (yes|no|not known)/.test(document.getElementById('told').textContent)"))

	// Everything that can be pressed has a name, and what changes is said.
	nodes, err := accessible(ctx)
	if err != nil {
		t.Fatal(err)
	}
	buttons, live := 0, 0
	for _, n := range nodes {
		role, name := n.Role.Value, n.Name.Value
		switch {
		case n.Ignored:
		case role == "button" || role == "slider" || role == "img" || role == "region":
			buttons++
			if name == "" || name == nil {
				t.Errorf("a %v has no name", role)
			}
		case role == "status":
			live++
		}
	}
	if buttons < 8 || live != 2 {
		t.Errorf("a reader of screens finds %d buttons and pictures, and %d things that are said", buttons, live)
	}

	// Dark, and on a phone.
	for _, key := range keys[1:] {
		press(string(key))
	}
	do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	look("dark")
	do(emulation.SetEmulatedMedia(), chromedp.EmulateViewport(360, 800))
	if wide := ask("document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("on 360 pixels the page is %v wide", wide)
	}
	look("narrow")
}

// thing is what a reader of screens is given of a part of the page.
type thing struct {
	Ignored bool `json:"ignored"`
	Role    said `json:"role"`
	Name    said `json:"name"`
}

type said struct {
	Value any `json:"value"`
}

func accessible(ctx context.Context) ([]thing, error) {
	var tree struct {
		Nodes []thing `json:"nodes"`
	}
	err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
	}))
	return tree.Nodes, err
}
