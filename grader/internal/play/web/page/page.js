// Lets the reader decide which process goes on. All that is known of the program comes from
// the grader, which this page asks at its own address.
(function () {
  "use strict";
  const $ = function (id) { return document.getElementById(id); };
  let program = null;
  let now = null; // the position that is shown
  let far = null; // the last one of the line that it lies on
  let busy = false;

  const make = function (tag, look, text) {
    const e = document.createElement(tag);
    if (look) e.className = look;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const color = function (i) { return "c" + (i % 8); };
  const keyOf = function (i) { return program.keys[i] || ""; };
  const titles = function (all) { return (all || []).map(function (i) { return now.processes[i].title; }).join(", "); };
  const chip = function (i) { return make("span", "chip " + color(i), now.processes[i].title); };
  const most = 72; // of a text that a program made
  const brief = function (text) { return text && text.length > most ? text.slice(0, most) + "…" : text || ""; };
  const site = function (s) { return s && s.line ? s.file + ":" + s.line : ""; };

  const ask = async function (what, q) {
    const r = await fetch("v1/" + what, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(q || {}) })
      .catch(function () { throw new Error("the grader has ended: make play begins again"); });
    const said = await r.json();
    if (!r.ok) throw new Error(said.error || "the grader does not answer");
    return said;
  };
  const tell = function (text, failed) {
    $("told").textContent = text;
    $("told").classList.toggle("failed", !!failed);
  };
  // One thing at a time: a key that comes too soon is left out.
  const during = async function (do_) {
    if (busy) return;
    busy = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      await do_();
    } catch (e) {
      tell(e.message, true);
      if (e instanceof TypeError) throw e; // a fault of this page's own
    } finally {
      busy = false;
      document.body.removeAttribute("aria-busy");
    }
  };

  const moments = function () { return far.choices.length; };
  const index = function () {
    const n = far.choices.indexOf(now.steps.length);
    return n < 0 ? moments() : n;
  };

  const goTo = function (position, line) {
    const last = now;
    now = position;
    if (line || !far) far = position;
    if (last && now.met && !last.met) tell("goal reached: " + now.aim);
    else tell("");
    show();
  };
  const let_ = function (i, kill) {
    const p = now.processes[i];
    if (!p) return tell("there is no process " + keyOf(i));
    if (p.state === "ended") return tell(p.title + " has ended");
    if (kill) {
      if (!p.kill) return tell(p.title + " can't be killed: children can, " + program.deaths + " in a run");
      return during(async function () { goTo(await ask("at", { schedule: now.schedule, let: p.kill }), true); });
    }
    if (p.state !== "ready") return tell(p.title + " can't go on: it waits for " + because(p));
    return during(async function () { goTo(await ask("at", { schedule: now.schedule, let: p.proc }), true); });
  };
  const on = function () {
    if (now.over) return tell("the run is over");
    if (now.processes.filter(function (p) { return p.state === "ready"; }).length > 1) return tell("several can go on: choose one");
    return during(async function () { goTo(await ask("at", { schedule: now.schedule, lone: true }), true); });
  };
  const move = function (n) {
    n = Math.max(0, Math.min(moments(), n));
    if (n === index()) return;
    return during(async function () {
      goTo(n === moments() ? far : await ask("at", { schedule: far.schedule, steps: far.choices[n] }));
    });
  };
  const canFail = function () {
    tell("looking …");
    return during(async function () {
      const p = await ask("can-fail", { schedule: now.schedule });
      let text = "Can it still fail? " + p.answer + ": " + p.text + ".";
      if (p.then && p.then.length) {
        const keys = {};
        let next = now.processes.length;
        now.processes.forEach(function (q, i) { keys[q.proc] = keyOf(i); });
        text += " One way: " + p.then.map(function (step) {
          const path = step.replace(/x$/, ""); // which stands for its being killed
          if (keys[path] === undefined) keys[path] = keyOf(next++);
          return (path === step ? "" : "x") + keys[path];
        }).join(" ");
      }
      tell(text);
    });
  };
  let killing = false; // the next key says whom
  const kill = function () {
    killing = true;
    tell("kill whom? its key; any other: nobody");
  };
  const save = function () {
    return during(async function () { tell("Run these steps again: " + (await ask("save", { schedule: now.schedule })).command); });
  };
  const because = function (p) { return p.for ? p.for + (p.why ? ", " + p.why : "") : "others"; };

  const showState = function () {
    const s = $("state");
    s.replaceChildren();
    const last = now.steps[now.steps.length - 1];
    if (last) s.append(make("span", "", "Step " + last.number + ": " + now.processes[last.column].title + " " + brief(last.text) + ". "));
    else s.append(make("span", "", "The beginning. "));
    if (now.over) s.append(make("span", now.over.failed ? "failed" : "right", (now.over.failed ? "Failed: " : "The end: ") + now.over.text + ". "));
    if (now.aim) s.append(make("span", now.met ? "met" : "", "Goal: " + now.aim + (now.met ? ": reached." : ".")));
  };

  const showProcesses = function () {
    const box = $("processes");
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.let : undefined;
    box.replaceChildren();
    now.processes.forEach(function (p, i) {
      const card = make("section", "process " + color(i) + " " + p.state + (now.over && now.over.failed && p.state === "waiting" ? " stuck" : ""));
      card.setAttribute("aria-label", p.title);
      const h = make("h3", "", p.title);
      h.append(make("span", "is", { ready: "can go on", waiting: "waits", ended: "" }[p.state]));
      const next = make("div", "next", brief(p.next));
      const where = site(p.site);
      if (where) next.append(" ", make("span", "site", where));
      const sees = make("div", "sees", p.state === "waiting" ? "waits for " + because(p) : p.sees || "");
      card.append(h, next, sees);
      if (p.state !== "ended") {
        const b = make("button", "", "let it go ");
        b.type = "button";
        b.dataset.let = p.proc;
        b.disabled = p.state !== "ready";
        if (keyOf(i)) b.append(make("kbd", "", keyOf(i)));
        b.setAttribute("aria-label", "let " + p.title + " make its next step: " + (p.next || ""));
        b.addEventListener("click", function () { let_(i); });
        card.append(b);
        if (p.kill) {
          const k = make("button", "kill", "kill it ");
          k.type = "button";
          if (keyOf(i)) k.append(make("kbd", "", "x"), " ", make("kbd", "", keyOf(i)));
          k.setAttribute("aria-label", "kill " + p.title + " before its next step");
          k.addEventListener("click", function () { let_(i, true); });
          card.append(" ", k);
        }
      }
      box.append(card);
      if (focused === p.proc) {
        const b = card.querySelector("button");
        if (b && !b.disabled) b.focus();
        else box.focus({ preventScroll: true });
      }
    });
  };

  const lockSign = function (held) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 20 24");
    svg.setAttribute("aria-hidden", "true");
    const bow = document.createElementNS(ns, "path");
    bow.setAttribute("d", held ? "M5 11V7a5 5 0 0 1 10 0v4" : "M5 11V7a5 5 0 0 1 9.5-2");
    const body = document.createElementNS(ns, "rect");
    ["x", "y", "width", "height", "rx"].forEach(function (k, i) { body.setAttribute(k, [3, 11, 14, 10, 2][i]); });
    svg.append(bow, body);
    return svg;
  };
  const lockOf = function (o) {
    const owners = o.owners || [];
    const row = make("div", "lock " + (owners.length ? "held" : "free"));
    row.append(lockSign(owners.length > 0));
    if (!owners.length) row.append("free");
    owners.forEach(function (w) {
      row.append("held by ", chip(w.process), [site(w.site) && "since " + site(w.site), w.shared && "to read", w.dead && "which has ended"].filter(Boolean).join(", "));
    });
    return row;
  };
  const waitersOf = function (o) {
    const row = make("p", "waiters");
    row.append("waiting: ");
    o.waiting.forEach(function (i) { row.append(chip(i), " "); });
    return row;
  };
  const ends = function (name, who) {
    const e = make("span", "end", !name ? "" : name.startsWith("made at ") ? "(no name) " : name + " ");
    (who || []).forEach(function (i) { e.append(chip(i), " "); });
    return e;
  };
  const streamOf = function (s) {
    const row = make("div", "stream");
    const tube = make("div", "tube" + (s.closed ? " closed" : ""));
    const said = [];
    (s.messages || []).forEach(function (m) {
      const b = make("span", "message " + color(m.from), m.text || "a message");
      b.title = m.text + ", " + m.size + " bytes, from " + now.processes[m.from].title;
      tube.append(b);
      said.push(b.title);
    });
    if (!said.length) tube.append(s.closed ? "closed" : "empty");
    tube.setAttribute("role", "img");
    tube.setAttribute("aria-label", (s.in ? s.in + " to " + s.out + ": " : "") + (said.join("; ") || (s.closed ? "closed" : "empty")));
    row.append(ends(s.in, s.senders), "▶", tube, "▶", ends(s.out, s.takers));
    if (s.places) row.append(make("span", "end", "of " + s.places + " places"));
    return row;
  };
  const showObjects = function () {
    const box = $("objects");
    box.replaceChildren();
    now.objects.forEach(function (o) {
      const streams = (o.streams || []).filter(function (s) { return !s.closed || (s.messages || []).length; });
      const card = make("section", "object" + (o.streams || (o.cells || []).length > 4 ? " wide" : ""));
      card.setAttribute("aria-label", o.kind + " " + o.name);
      card.append(make("h3", "", o.kind + " " + o.name));
      const cells = o.cells || [];
      if (o.kind === "value") card.append(make("div", "value", cells[0] && cells[0].value || "?"));
      else if (cells.length) {
        const row = make("div", "cells");
        cells.slice(0, 60).forEach(function (c) {
          const e = make("span", "cell");
          e.append(make("b", "", c.name.slice(o.name.length) + " "), c.value || "?");
          row.append(e);
        });
        if (cells.length > 60) row.append("and " + (cells.length - 60) + " more");
        card.append(row);
      } else if (o.kind === "list" || o.kind === "dict") card.append(make("p", "", "empty"));
      if (o.holds) card.append(make("p", "", o.holds));
      if (o.kind === "lock" || o.kind === "rwlock" || (o.owners || []).length) card.append(lockOf(o));
      streams.forEach(function (s) { card.append(streamOf(s)); });
      if (o.streams && !streams.length) card.append(make("p", "", "closed"));
      if ((o.waiting || []).length) card.append(waitersOf(o));
      box.append(card);
    });
    if (!box.children.length) box.append(make("p", "facts", "nothing yet"));
  };

  const mostSteps = 400;
  const showSteps = function () {
    const list = $("steps");
    list.replaceChildren();
    list.start = now.steps.length;
    now.steps.slice(-mostSteps).reverse().forEach(function (s) {
      const li = make("li", color(s.column) + (s.undoes ? " undoes" : ""));
      li.append(make("span", "who", now.processes[s.column].title), " " + brief(s.text) + " ", make("span", "site", site(s.site)));
      if ((s.notes || []).length) li.append(" ", make("span", "notes", s.notes.join("; ")));
      list.append(li);
    });
    $("output").textContent = now.output;
  };

  // Of the source, what is around the next steps, or all of it.
  const around = 3;
  const showSource = function () {
    const all = $("whole").checked;
    const marks = {};
    now.processes.forEach(function (p, i) {
      const at = site(p.site) || site(p.stood);
      if (at) (marks[at] = marks[at] || []).push(i);
    });
    const rows = Array.from(document.querySelectorAll(".code"));
    const near = rows.map(function () { return all; });
    rows.forEach(function (row, n) {
      const here = marks[row.dataset.site];
      row.classList.toggle("at", !!here);
      row.querySelector(".marks").replaceChildren(...(here || []).map(function (i) {
        const p = now.processes[i];
        const e = make("span", color(i) + " " + p.state + (site(p.site) ? "" : " past"), keyOf(i) || "•");
        e.title = p.title;
        e.setAttribute("role", "img");
        e.setAttribute("aria-label", p.title + (!site(p.site) ? " has done this last" : p.state === "waiting" ? " waits here" : " is about to do this"));
        return e;
      }));
      if (here) near.fill(true, Math.max(0, n - around), n + around + 1);
    });
    rows.forEach(function (row, n) {
      row.hidden = !near[n];
      row.classList.toggle("gap", near[n] && n > 0 && !near[n - 1]);
    });
  };
  const show = function () {
    const slider = $("slider");
    slider.max = moments();
    slider.value = index();
    slider.disabled = moments() === 0;
    slider.setAttribute("aria-valuetext", "after " + now.steps.length + " steps");
    $("back").disabled = $("first").disabled = index() === 0;
    $("again").disabled = index() === moments();
    $("on").disabled = !!now.over;
    showState();
    showProcesses();
    showObjects();
    showSteps();
    showSource();
  };

  const begin = async function () {
    program = await ask("program");
    document.title = program.title + ": you are the scheduler";
    $("title").textContent = program.title;
    $("text").textContent = program.goal;
    $("line").textContent = program.exercise + ", " + program.check + ": " + program.line;
    program.help.forEach(function (text) { $("keys").append(make("li", "", text)); });
    Object.keys(program.sources).sort().forEach(function (name) {
      const box = $("source");
      box.append(make("h3", "", name));
      program.sources[name].forEach(function (text, i) {
        const row = make("div", "code");
        row.dataset.site = name + ":" + (i + 1);
        row.append(make("span", "marks"), make("span", "n", i + 1), make("pre", "", text));
        box.append(row);
      });
    });
    $("whole").addEventListener("change", showSource);
    $("source").tabIndex = 0;
    $("source").setAttribute("role", "region");
    $("source").setAttribute("aria-label", "source, with a marker at each process's next step");
    goTo(program.begin, true);
  };

  $("first").addEventListener("click", function () { move(0); });
  $("back").addEventListener("click", function () { move(index() - 1); });
  $("again").addEventListener("click", function () { move(index() + 1); });
  $("slider").addEventListener("change", function () { move(Number($("slider").value)); });
  $("on").addEventListener("click", on);
  $("fail").addEventListener("click", canFail);
  $("save").addEventListener("click", save);
  const keys = function () {
    $("keys").hidden = !$("keys").hidden;
    $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
  };
  $("help").addEventListener("click", keys);
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !now) return;
    if (event.target.id === "slider" && /^(Arrow|Home|End|Page)/.test(event.key)) return; // its own
    const at = event.key.length === 1 ? program.keys.indexOf(event.key) : -1;
    const chosen = killing;
    killing = false;
    const go = at >= 0 ? function () { let_(at, chosen); } : {
      ArrowLeft: function () { move(index() - 1); },
      ArrowRight: function () { move(index() + 1); },
      u: function () { move(index() - 1); },
      ".": on, a: canFail, s: save, x: program.deaths ? kill : undefined, "?": keys,
      g: function () { tell(now.aim ? "Goal: " + now.aim : "This exercise sets no goal."); },
    }[event.key];
    if (go) { go(); event.preventDefault(); }
  });
  during(begin);
})();
