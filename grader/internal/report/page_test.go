//go:build page

package report

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPage opens the page in a real browser and uses it as a reader does. It needs
// Chromium (apt-get install chromium): make test-page. Where LOCKSTEP_SHOTS names a
// folder, what was seen is left there.
func TestPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(htmlOf(t, drawn())), 0o644); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox) // its own page, and root in a container
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	asked := 0
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the script breaks: %v", e.ExceptionDetails)
		case *log.EventEntryAdded:
			t.Errorf("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			asked++
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
	look := func(name string) {
		t.Helper()
		var picture []byte
		do(chromedp.FullScreenshot(&picture, 100))
		if dir := os.Getenv("LOCKSTEP_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	do(network.Enable(), log.Enable(), chromedp.EmulateViewport(1100, 800), chromedp.Navigate("file://"+file))
	if asked != 1 {
		t.Errorf("the page asked for %d things, itself among them", asked)
	}
	if y := ask("scrollY"); y != 0 {
		t.Errorf("the page opens scrolled down by %v", y)
	}
	for what, script := range map[string]string{
		"pictures":                   "document.querySelectorAll('svg').length",
		"pictures that have a name":  "document.querySelectorAll('svg[role=img]').length",
		"pictures that are drawn":    "Array.from(document.querySelectorAll('svg')).filter(s => s.getBoundingClientRect().height > 20).length",
		"orphans, drawn beyond ends": "document.querySelectorAll('svg .rest').length",
	} {
		if ask(script) < 1 {
			t.Errorf("there are no %s", what)
		}
	}
	look("light")

	// An exercise that a link leads to opens, and draws its pictures.
	figures := ask("document.querySelectorAll('figure').length")
	if ask("document.querySelectorAll('#e3 .packed').length") < 1 {
		t.Error("nothing is packed")
	}
	do(chromedp.Click("nav a[href='#e3']", chromedp.ByQuery), chromedp.WaitVisible("#e3 figure", chromedp.ByQuery), chromedp.WaitNotPresent("#e3 .packed", chromedp.ByQuery))
	if got := ask("document.querySelectorAll('figure').length"); got <= figures {
		t.Errorf("%v figures became %v", figures, got)
	}
	if ask("document.querySelectorAll('#e3 .interleaving .steps').length") < 1 {
		t.Error("an interleaving that was packed can't be stepped through")
	}
	look("opened")

	// Keys step through an interleaving; the step is said aloud.
	step := "Array.from(document.querySelector('.interleaving').querySelectorAll('tr.step:not(.aside)')).findIndex(r => r.classList.contains('now'))"
	last := ask(step)
	do(chromedp.Focus(".interleaving", chromedp.ByQuery), chromedp.KeyEvent(kb.Home))
	if got := ask(step); got != 0 || last < 1 {
		t.Errorf("Home goes from step %v to %v", last, got)
	}
	do(chromedp.KeyEvent(kb.ArrowRight))
	if got := ask(step); got != 1 {
		t.Errorf("→ goes from the first step to %v", got)
	}
	do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent("c"))
	if ask("document.querySelectorAll('.interleaving tr.now.conflict').length") != 1 {
		t.Error("c does not go to a conflict")
	}
	if ask("document.querySelector('.interleaving [role=status]').textContent.length") < 5 {
		t.Error("the step is not said")
	}

	// A step, its bar and its line are chosen together, whichever of them is.
	tied := func(figure, what string) {
		t.Helper()
		if ask("(f => { const r = f.querySelector('tr.now'), b = f.querySelector('svg .now'), l = f.querySelectorAll('.source .now');"+
			"return r && b && b.dataset.k === r.dataset.k && (!r.dataset.at || l.length === 1 && l[0].dataset.at === r.dataset.at) })(document.querySelector('"+figure+"'))") != 1 {
			t.Errorf("%s: in %s step, bar and line are not of one another", what, figure)
		}
	}
	chosen := func(figure string) (key string) {
		t.Helper()
		do(chromedp.Evaluate("document.querySelector('"+figure+" tr.now').dataset.k", &key))
		return key
	}
	click := func(what string) {
		t.Helper()
		do(chromedp.Evaluate("document.querySelector('"+what+"').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", nil))
	}
	tied(".interleaving", "a key")
	for _, figure := range []string{"#e2 .timeline", ".interleaving"} {
		click(figure + " svg [data-k]:last-of-type")
		tied(figure, "a bar")
		bar := chosen(figure)
		click(figure + " .source [data-at]")
		tied(figure, "a line")
		if chosen(figure) == bar {
			t.Errorf("in %s a line leads nowhere", figure)
		}
		click(figure + " tr.step[data-k][data-at]")
		tied(figure, "a step")
	}
	do(chromedp.Focus(".interleaving .source [data-at]", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
	tied(".interleaving", "Enter on a line")
	look("chosen")

	// Drawings are enlarged by buttons, keys and the wheel, and no further than they were made smaller.
	width := "document.querySelector('#e2 .timeline svg.drawing').getBoundingClientRect().width"
	before := ask(width)
	click("#e2 .timeline .steps button[aria-label*=larger]")
	if got := ask(width); got < 1.4*before {
		t.Errorf("the drawing is %v wide, and was %v", got, before)
	}
	look("enlarged")
	do(chromedp.Focus("#e2 .timeline", chromedp.ByQuery), chromedp.KeyEvent("-"), chromedp.KeyEvent("-"))
	if got := ask(width); got != before {
		t.Errorf("the drawing is %v wide, and was %v", got, before)
	}
	wheel := "document.querySelector('#e2 .timeline svg.drawing').dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true, ctrlKey: true, deltaY: -100, clientX: 300}))"
	if ask(wheel) != 0 || ask(width) < 1.2*before {
		t.Errorf("the wheel makes the drawing %v wide, and scrolls the page", ask(width))
	}
	if asked != 1 {
		t.Errorf("by now the page has asked for %d things", asked)
	}
	if high := ask("Math.min(...Array.from(document.querySelectorAll('svg.waiting')).map(s => s.getBoundingClientRect().height))"); high < 60 {
		t.Errorf("who waits for whom is %v high", high)
	}

	// Dark, narrow, and on paper.
	do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	if ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)") > 200 {
		t.Error("the page is not dark where that is asked for")
	}
	look("dark")
	do(emulation.SetEmulatedMedia(), chromedp.EmulateViewport(360, 800))
	if wide := ask("document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("on 360 pixels the page is %v wide", wide)
	}
	look("narrow")
	do(chromedp.EmulateViewport(900, 800), emulation.SetEmulatedMedia().WithMedia("print"),
		chromedp.Evaluate("document.documentElement.style.filter = 'grayscale(1)'", nil))
	look("paper")

	// Without a script, the exercise to look at is there to be read.
	do(emulation.SetEmulatedMedia(), emulation.SetScriptExecutionDisabled(true), chromedp.Navigate("file://"+file))
	for _, what := range []string{"svg.drawing", ".legend", ".source [data-at]"} {
		if ask("Array.from(document.querySelectorAll('"+what+"')).filter(e => e.getBoundingClientRect().height > 5).length") < 1 {
			t.Errorf("without a script there is no %s", what)
		}
	}
	if ask("document.querySelectorAll('button').length") != 0 {
		t.Error("without a script there are buttons")
	}
	look("bare")
}
