//go:build page

package site

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPage reads the course's pages in a real browser, from their folder and from a server
// that has them below an address. It needs Chromium (apt-get install chromium): make
// test-page. Where LOCKSTEP_SHOTS names a folder, what was seen is left there.
func TestPage(t *testing.T) {
	if !slices.ContainsFunc([]string{"chromium", "chromium-browser", "google-chrome", "headless-shell", "chrome"}, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	}) {
		t.Skip("there is no Chromium here: apt-get install chromium")
	}
	pages, _ := own(t)
	dir := filepath.Join(t.TempDir(), "site")
	if err := pages.Write(dir); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/courses/mp/", http.FileServer(http.Dir(dir))))
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox) // its own page, and root in a container
	browser, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	for from, base := range map[string]string{"folder": "file://" + dir + "/", "server": server.URL + "/courses/mp/"} {
		t.Run(from, func(t *testing.T) { browse(t, browser, from, base) })
	}
}

// kinds are a page of each.
var kinds = []string{mapPage, "10-lost-updates.html", "33-five-philosophers.html", wordsPage, referencePage, libraryPage}

func browse(t *testing.T, browser context.Context, from, base string) {
	ctx, stop := chromedp.NewContext(browser)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	asked := map[string]bool{}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the script breaks: %v", e.ExceptionDetails)
		case *log.EventEntryAdded:
			t.Errorf("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			asked[e.Request.URL] = true
			if !strings.HasPrefix(e.Request.URL, base) && !strings.HasPrefix(e.Request.URL, "data:") {
				t.Errorf("a page asks for %s", e.Request.URL)
			}
		}
	})
	do := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(script string) (answer string) {
		t.Helper()
		do(chromedp.Evaluate("String("+script+")", &answer))
		return answer
	}
	// The pages let nobody make functions of texts, as chromedp's own wait does.
	until := func(what string) chromedp.Action {
		return chromedp.Evaluate("new Promise(done => { const look = () => ("+what+") ? done(true) : setTimeout(look, 5); look(); })", nil,
			func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) })
	}
	open := func(name string) chromedp.Action {
		return chromedp.Tasks{chromedp.Navigate(base + name), until("document.readyState === 'complete'")}
	}
	look := func(name string) {
		t.Helper()
		dir := os.Getenv("LOCKSTEP_SHOTS")
		if dir == "" || from != "folder" {
			return
		}
		var picture []byte
		do(chromedp.CaptureScreenshot(&picture))
		if err := os.WriteFile(filepath.Join(dir, "site-"+strings.TrimSuffix(name, ".html")+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	colours := func(scheme string) chromedp.Action {
		return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
	}

	do(network.Enable(), log.Enable(), colours("light"), chromedp.EmulateViewport(1100, 1200))
	if do(open(mapPage)); asked[base+"index.js"] {
		t.Error("the index is read before anybody searches")
	}
	if !asked[base+"page.css"] || !asked[base+"search.js"] {
		t.Errorf("asked was for %v", asked)
	}

	// What is said to those who don't see.
	for _, name := range kinds {
		do(open(name))
		roles := map[string][]string{}
		do(chromedp.ActionFunc(func(ctx context.Context) error {
			type said struct {
				Value any `json:"value"`
			}
			var tree struct { // cdproto does not know every word of a later Chromium
				Nodes []struct {
					Ignored bool `json:"ignored"`
					Role    said `json:"role"`
					Name    said `json:"name"`
				} `json:"nodes"`
			}
			err := cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
			for _, n := range tree.Nodes {
				if role, ok := n.Role.Value.(string); ok && !n.Ignored {
					roles[role] = append(roles[role], fmt.Sprint(n.Name.Value))
				}
			}
			return err
		}))
		for role, want := range map[string]string{"searchbox": "Search", "search": "", "main": "", "navigation": "Course", "status": ""} {
			if len(roles[role]) == 0 || roles[role][0] != want {
				t.Errorf("%s: %s is called %q", name, role, roles[role])
			}
		}
		if least := 4; len(roles["heading"]) < least {
			t.Errorf("%s has the headings %q", name, roles["heading"])
		}
		if first := ask("Array.from(document.querySelectorAll('h1, h2, h3')).map(h => h.tagName).join('')"); !strings.HasPrefix(first, "H1H2") || strings.Count(first, "H1") != 1 {
			t.Errorf("%s: its headings are %.20s…", name, first)
		}
	}

	// It looks as its reader likes, and is as wide as the screen.
	for _, name := range kinds {
		do(chromedp.EmulateViewport(1100, 1200), open(name))
		ground := ask("getComputedStyle(document.body).backgroundColor")
		look(name + "-light")
		do(colours("dark"))
		if dark := ask("getComputedStyle(document.body).backgroundColor"); dark == ground || ground != "rgb(255, 255, 255)" {
			t.Errorf("%s: its ground is %s, and in the dark %s", name, ground, dark)
		}
		look(name + "-dark")
		do(colours("light"), chromedp.EmulateViewport(375, 800, chromedp.EmulateMobile), open(name))
		if wide := ask("document.documentElement.scrollWidth"); wide != "375" {
			t.Errorf("%s is %s wide on a phone: %s", name, wide, ask("Array.from(document.querySelectorAll('main *')).filter(e => e.getBoundingClientRect().right > 376 && !e.closest('pre, .scroll')).slice(0, 5).map(e => e.outerHTML.slice(0, 200)).join('\\n')"))
		}
		look(name + "-phone")
		do(emulation.SetEmulatedMedia().WithMedia("print"))
		if shown := ask("getComputedStyle(document.querySelector('header')).display"); shown != "none" {
			t.Errorf("%s: its menu is printed", name)
		}
		do(colours("light"))
	}

	// What is too wide scrolls by keys.
	if do(open("10-lost-updates.html")); ask("document.querySelector('pre').tabIndex") != "0" {
		t.Error("a drawing that is too wide for a phone can't be reached by keys")
	}

	// A search by keys.
	slash := input.DispatchKeyEvent(input.KeyDown).WithKey("/").WithText("/") // as a keyboard does it: the page may take it
	do(chromedp.EmulateViewport(1100, 1200), open("01-first-process.html"), slash)
	if at := ask("document.activeElement.id"); at != "page-asked" {
		t.Fatalf("/ leads to %q", at)
	}
	do(chromedp.KeyEvent("lock"), until("document.querySelectorAll('#page-found a').length > 0"))
	if typed := ask("document.getElementById('page-asked').value"); typed != "lock" {
		t.Errorf("what is searched is %q", typed)
	}
	found := ask("Array.from(document.querySelectorAll('#page-found a')).map(a => a.getAttribute('href')).join(' ')")
	for _, want := range []string{"12-lock-what.html#lock-what", "14-lock-order.html#lock-order", "mp.html#lock"} {
		if !slices.Contains(strings.Fields(found)[:min(10, len(strings.Fields(found)))], want) {
			t.Errorf("lock is not found in %s, but in %s", want, found)
		}
	}
	if said := ask("document.getElementById('page-said').textContent"); !strings.Contains(said, "places are found") {
		t.Errorf("it says %q", said)
	}
	look("search")
	first := ask("document.querySelector('#page-found a').href")
	do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter), until(fmt.Sprintf("location.href === %q && document.readyState === 'complete'", first)))
	do(slash, chromedp.KeyEvent("nobodysword"), until("document.getElementById('page-said').textContent === 'Nothing is found.'"))
	do(chromedp.KeyEvent(kb.Escape))
	if ask("document.getElementById('page-asked').value") != "" || ask("document.activeElement.id") != "page-asked" {
		t.Error("Escape does not begin again")
	}
	do(chromedp.KeyEvent("lost update pipe"), until("document.getElementById('page-said').textContent !== ''"))
	few := ask("document.querySelectorAll('#page-found a').length")
	do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("lost"), until("document.getElementById('page-said').textContent !== ''"))
	if many := ask("document.querySelectorAll('#page-found a').length"); many <= few && many != "30" {
		t.Errorf("lost is found in %s places, and with more words in %s", many, few)
	}
}
