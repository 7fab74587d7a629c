package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/play"
)

// standing is a session that stands somewhere, with so many processes.
func standing(n int) *play.Session {
	return &play.Session{
		Exercise: &exercise.Exercise{ID: "10-lost-updates"}, Check: &exercise.Check{Play: &exercise.Play{Goal: exercise.LosesUpdate, Times: 2}},
		Now: &explore.Position{Processes: make([]explore.Process, n)},
	}
}

// TestPageKnowsNobodyWithoutTheToken asks in ways that a stranger, or a page from elsewhere,
// could.
func TestPageKnowsNobodyWithoutTheToken(t *testing.T) {
	const token = "SECRETSECRET"
	p := &page{Session: standing(3), ctx: t.Context(), token: token}
	const here = "127.0.0.1:4000"
	for _, c := range []struct {
		method, path, host, kind, origin string
		want                             int
	}{
		{"GET", "/" + token + "/", here, "", "", 200},
		{"GET", "/" + token + "/page.css", here, "", "", 200},
		{"GET", "/" + token + "/page.js", "localhost:4000", "", "", 200},
		{"GET", "/" + token + "/", "[::1]:4000", "", "", 200},
		{"POST", "/" + token + "/v1/program", here, "application/json", "", 200},
		{"POST", "/" + token + "/v1/program", here, "application/json", "http://" + here, 200},

		{"GET", "/", here, "", "", 404},
		{"GET", "/page.js", here, "", "", 404},
		{"GET", "/" + token, here, "", "", 404},
		{"GET", "//" + token + "/", here, "", "", 404},
		{"GET", "/" + token[1:] + "/", here, "", "", 404},
		{"GET", "/" + strings.ToLower(token) + "/", here, "", "", 404},
		{"GET", "/" + token + "x/", here, "", "", 404},
		{"GET", "/?" + token + "/", here, "", "", 404},
		{"GET", "/favicon.ico", here, "", "", 404},
		{"POST", "/v1/program", here, "application/json", "", 404},
		{"POST", "/wrong/v1/program", here, "application/json", "", 404},

		{"GET", "/" + token + "/", "evil.example:4000", "", "", 404},
		{"GET", "/" + token + "/", "127.0.0.1.evil.example", "", "", 404},
		{"GET", "/" + token + "/", "192.0.2.1:4000", "", "", 404},
		{"GET", "/" + token + "/", "", "", "", 404},
		{"POST", "/" + token + "/v1/program", here, "application/json", "http://evil.example", 403},
		{"POST", "/" + token + "/v1/program", here, "application/json", "null", 403},
		{"POST", "/" + token + "/v1/program", here, "text/plain", "", 403},
		{"GET", "/" + token + "/v1/program", here, "", "", 405},
		{"POST", "/" + token + "/", here, "application/json", "", 405},
		{"POST", "/" + token + "/v2/program", here, "application/json", "", 404},
		{"GET", "/" + token + "/../etc/passwd", here, "", "", 404},
	} {
		r := httptest.NewRequest(c.method, "http://x/", strings.NewReader("{}"))
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(c.path, "?")
		r.Host = c.host
		r.Header.Set("Content-Type", c.kind)
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s %s of %s from %q: %d, want %d", c.method, c.path, c.host, c.origin, w.Code, c.want)
		}
		if w.Code == 200 && w.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s: no policy", c.path)
		}
		if w.Code == 404 && w.Body.Len() > 0 {
			t.Errorf("%s says %q", c.path, w.Body)
		}
	}
}

// TestPageIsOfOneVersion: what the page asks for and gets has the names that it uses.
func TestPageIsOfOneVersion(t *testing.T) {
	p := &page{Session: standing(2), ctx: t.Context(), token: "T"}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/T/v1/program", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	begin, _ := got["begin"].(map[string]any)
	if got["version"] != 1.0 || len(begin["processes"].([]any)) != 2 || begin["aim"] != "lose 2 updates (0 so far)" {
		t.Errorf("got %s", text)
	}
	if !strings.Contains(pageScript, `"v1/"`) {
		t.Error("the page asks for another version")
	}
}
