// Steps through an interleaving, whose whole table is shown without this script, and
// unpacks pictures of exercises that are opened.
(function () {
  "use strict";
  let figures = document.querySelectorAll(".interleaving");
  const begin = function (figure) {
    const all = Array.from(figure.querySelectorAll("tr.step"));
    if (all.length === 0) return;
    let rows = all.filter(function (row) { return !row.classList.contains("aside"); });
    if (rows.length === 0) rows = all;
    figure.classList.toggle("brief", rows !== all);
    let at = rows.length - 1;

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

    let moved = false; // by the reader: only then may the page scroll
    const show = function (n) {
      at = Math.max(0, Math.min(rows.length - 1, n));
      const now = all.indexOf(rows[at]);
      all.forEach(function (row, i) {
        row.classList.toggle("now", i === now);
        row.classList.toggle("later", i > now);
        if (i === now) row.setAttribute("aria-current", "step");
        else row.removeAttribute("aria-current");
      });
      if (moved) rows[at].scrollIntoView({ block: "nearest" });
      const cells = Array.from(rows[at].children).map(function (c) { return c.textContent.trim(); });
      said.textContent = "step " + (at + 1) + " of " + rows.length + ": " + cells.filter(Boolean).slice(1).join(", ");
    };
    const conflict = function () {
      const next = rows.findIndex(function (row, i) { return i > at && row.classList.contains("conflict"); });
      show(next >= 0 ? next : rows.findIndex(function (row) { return row.classList.contains("conflict"); }));
    };

    button("|◀", "first step", function () { show(0); });
    button("◀ back", "one step back", function () { show(at - 1); });
    button("forward ▶", "one step forward", function () { show(at + 1); });
    button("▶|", "last step", function () { show(rows.length - 1); });
    if (figure.querySelector("tr.conflict")) button("conflict", "next conflicting step", conflict);
    if (rows !== all) {
      button("all steps", "show or hide the steps that do not matter", function () {
        const here = rows[at];
        const brief = figure.classList.toggle("brief");
        rows = brief ? all.filter(function (row) { return !row.classList.contains("aside"); }) : all;
        show(Math.max(0, rows.indexOf(here)));
      });
    }
    const keys = document.createElement("span");
    ["←", "→", "Home", "End", "c"].forEach(function (k) {
      const kbd = document.createElement("kbd");
      kbd.textContent = k;
      keys.append(kbd, " ");
    });
    bar.append(keys, said);
    figure.querySelector("figcaption").after(bar);
    figure.tabIndex = 0;

    const press = function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const go = {
        ArrowRight: function () { show(at + 1); },
        ArrowLeft: function () { show(at - 1); },
        Home: function () { show(0); },
        End: function () { show(rows.length - 1); },
        c: conflict,
      }[event.key];
      if (go) { go(); event.preventDefault(); }
    };
    // The only one on a page takes the keys wherever the reader is.
    document.addEventListener("keydown", function (event) {
      if (figures.length === 1 || figure.contains(event.target)) press(event);
    });
    show(rows.length - 1); // the whole story first
    moved = true;
  };
  figures.forEach(begin);

  const unpack = async function (packed) {
    const bytes = Uint8Array.from(atob(packed.dataset.picture.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); });
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const drawn = document.createRange().createContextualFragment(await new Response(plain).text());
    const fresh = drawn.querySelectorAll(".interleaving");
    packed.replaceWith(drawn);
    figures = document.querySelectorAll(".interleaving");
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
