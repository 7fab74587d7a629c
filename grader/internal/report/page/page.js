// Steps through an interleaving or a timeline, each of which is shown whole without this
// script: what is chosen in the list, among the bars or in the source is marked in all three.
// Enlarges drawings, and unpacks pictures of exercises that are opened.
(function () {
  "use strict";
  let figures = document.querySelectorAll("figure");
  const begin = function (figure) {
    const all = Array.from(figure.querySelectorAll("tr.step"));
    if (all.length === 0) return;
    const matter = all.filter(function (row) { return !row.classList.contains("aside"); });
    const words = figure.querySelector("details.words"); // that the list of a timeline is in
    let rows = matter.length > 0 && matter.length < all.length ? matter : all;
    let at = -1;
    figure.classList.add("live");
    figure.classList.toggle("brief", rows !== all);

    const bar = document.createElement("div");
    bar.className = "steps";
    const button = function (text, label, go) {
      const b = document.createElement("button");
      b.type = "button";
      b.textContent = text;
      b.setAttribute("aria-label", label);
      b.addEventListener("click", go);
      bar.append(b);
    };
    const said = document.createElement("span");
    said.className = "said";
    said.setAttribute("role", "status");

    // Scrolls what something is in, not the page.
    const reveal = function (e) {
      const box = e.closest(".scroll"), b = box.getBoundingClientRect(), r = e.getBoundingClientRect();
      const by = function (low, high, from, to) { return low < from ? low - from : Math.max(0, Math.min(high - to, low - from)); };
      box.scrollBy(by(r.left, r.right, b.left, b.right), by(r.top, r.bottom, b.top, b.bottom));
    };
    const show = function (n, click) {
      at = Math.max(0, Math.min(rows.length - 1, n));
      const row = rows[at];
      const now = all.indexOf(row);
      all.forEach(function (r, i) {
        r.classList.toggle("now", i === now);
        r.classList.toggle("later", i > now);
        if (i === now) r.setAttribute("aria-current", "step");
        else r.removeAttribute("aria-current");
      });
      if (words) words.open = true;
      figure.querySelectorAll("svg [data-k], .source [data-at]").forEach(function (e) {
        const same = e.dataset.k ? e.dataset.k === row.dataset.k : e.dataset.at === row.dataset.at;
        e.classList.toggle("now", same);
        if (same && e.dataset.k) reveal(e);
      });
      if (words) reveal(row);
      else if (!click) row.scrollIntoView({ block: "nearest" });
      const cells = Array.from(row.cells).slice(words ? 0 : 1).map(function (c) { return c.textContent.trim(); });
      said.textContent = "step " + (at + 1) + " of " + rows.length + ": " + cells.filter(Boolean).join(", ");
    };
    const conflict = function () {
      const next = rows.findIndex(function (row, i) { return i > at && row.classList.contains("conflict"); });
      show(next >= 0 ? next : rows.findIndex(function (row) { return row.classList.contains("conflict"); }));
    };
    const aside = function () { // shows or hides the steps that do not matter
      const here = rows[at];
      rows = figure.classList.toggle("brief", rows === all) ? matter : all;
      at = rows.indexOf(here);
    };
    // The step that a bar or a line stands for; of several the next.
    const pick = function (event) {
      const e = event.target.closest("tr.step, [data-k], .source [data-at]");
      if (!e) return;
      const same = function (row) { return e === row || !e.matches("tr") && (e.dataset.k ? e.dataset.k === row.dataset.k : e.dataset.at === row.dataset.at); };
      if (!rows.some(same)) {
        if (!all.some(same)) return;
        aside();
      }
      const next = rows.findIndex(function (row, i) { return i > at && same(row); });
      show(next >= 0 ? next : rows.findIndex(same), true);
      event.preventDefault();
    };
    const zoom = function (svg, by, x) { // keeps what is x from the left in its place
      const box = svg.parentElement, was = svg.getBoundingClientRect().width, from = box.scrollLeft;
      svg.style.width = "";
      const least = svg.getBoundingClientRect().width;
      const is = Math.max(least, Math.min(16 * least, was * by));
      if (is > least) svg.style.width = is + "px";
      box.scrollLeft = (from + x) * is / was - x;
    };
    const drawing = figure.querySelector(".scroll > svg");
    const closer = function (by) {
      const marked = drawing.querySelector(".now") || drawing, b = drawing.parentElement.getBoundingClientRect(), r = marked.getBoundingClientRect();
      zoom(drawing, by, Math.max(0, Math.min(b.width, r.left + r.width / 2 - b.left)));
    };

    button("|◀", "first step", function () { show(0); });
    button("◀ back", "one step back", function () { show(at - 1); });
    button("forward ▶", "one step forward", function () { show(at + 1); });
    button("▶|", "last step", function () { show(rows.length - 1); });
    if (rows !== all) button("all steps", "show or hide the steps that do not matter", function () { aside(); show(at); });
    const go = {
      ArrowRight: function () { show(at + 1); },
      ArrowLeft: function () { show(at - 1); },
      Home: function () { show(0); },
      End: function () { show(rows.length - 1); },
    };
    if (figure.querySelector("tr.conflict")) button("conflict", "next conflicting step", go.c = conflict);
    if (drawing) {
      button("−", "draw it smaller", go["-"] = function () { closer(1 / 1.5); });
      button("+", "draw it larger", go["+"] = function () { closer(1.5); });
    }
    const keys = document.createElement("span");
    ["←", "→", "Home", "End"].concat(go.c ? "c" : [], drawing ? ["+", "−"] : []).forEach(function (k) {
      const kbd = document.createElement("kbd");
      kbd.textContent = k;
      keys.append(kbd, " ");
    });
    bar.append(keys, said);
    figure.querySelector("figcaption").after(bar);
    figure.tabIndex = 0;
    figure.querySelectorAll(".source [data-at]").forEach(function (line) {
      if (!all.some(function (row) { return row.dataset.at === line.dataset.at; })) return;
      line.tabIndex = 0;
      line.setAttribute("role", "button");
    });
    figure.addEventListener("click", pick);
    figure.addEventListener("wheel", function (event) {
      const svg = event.ctrlKey && event.target.closest(".scroll > svg");
      if (!svg) return;
      zoom(svg, event.deltaY < 0 ? 1.25 : 0.8, event.clientX - svg.parentElement.getBoundingClientRect().left);
      event.preventDefault();
    }, { passive: false });
    // The only one on a page takes the keys wherever the reader is.
    document.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || figures.length > 1 && !figure.contains(event.target)) return;
      if (/^(Enter| )$/.test(event.key) && event.target.matches(".source [data-at]")) pick(event);
      else if (go[event.key]) { go[event.key](); event.preventDefault(); }
    });
    if (!words) show(rows.length - 1, true); // the whole story first
  };
  figures.forEach(begin);

  let pictures = null; // all that are packed
  const unpackAll = async function (packed) {
    const bytes = Uint8Array.from(atob(packed.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); });
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return (await new Response(plain).text()).split("\0");
  };
  const unpack = async function (packed) {
    pictures = pictures || unpackAll(document.getElementById("pictures").dataset.packed);
    const drawn = document.createRange().createContextualFragment((await pictures)[packed.dataset.picture - 1]);
    const fresh = drawn.querySelectorAll("figure");
    packed.replaceWith(drawn);
    figures = document.querySelectorAll("figure");
    fresh.forEach(begin);
  };
  document.querySelectorAll("section > details").forEach(function (details) {
    details.addEventListener("toggle", function () {
      if (details.open) details.querySelectorAll(".packed").forEach(unpack);
    });
  });
  // Who follows a link to an exercise wants to see it.
  const open = function () {
    const details = location.hash.length > 1 && document.querySelector(location.hash + " > details");
    if (details) details.open = true;
  };
  addEventListener("hashchange", open);
  open();
  // Paper shows everything that was drawn.
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(section > details)").forEach(function (d) { d.open = true; });
  });
})();
