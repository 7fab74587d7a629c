// Searches titles, headings and texts. What that takes is in index.js, which is read when
// somebody is about to search.
(function () {
  "use strict";
  const form = document.getElementById("page-search"), box = document.getElementById("page-asked");
  const said = document.getElementById("page-said"), list = document.getElementById("page-found");
  const most = 30;
  let index = null;
  const cut = function (text) { return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || []; };

  const load = function () {
    if (window.lockstepIndex) return;
    window.lockstepIndex = function (read) {
      index = read;
      index.words = read.words.split("\n").map(function (line) {
        const parts = line.split(" ");
        return { word: parts[0], places: parts.slice(1).map(Number) };
      });
      index.headings = read.places.map(function (place) { return cut(place[2]); });
      show();
    };
    const script = document.createElement("script");
    script.src = "index.js";
    script.addEventListener("error", function () { said.textContent = "The index can't be read."; });
    document.head.append(script);
  };

  // Places by how well a word fits there: its heading, or its text, as a whole or by its beginning.
  const find = function (asked) {
    const found = new Map();
    index.words.forEach(function (known) {
      if (!known.word.startsWith(asked)) return;
      known.places.forEach(function (place) {
        const heads = index.headings[place].includes(known.word);
        const worth = (heads ? 4 : 1) + (known.word === asked ? 2 : 0) + (heads && index.headings[place][0] === known.word ? 1 : 0);
        found.set(place, Math.max(worth, found.get(place) || 0));
      });
    });
    return found;
  };
  const show = function () {
    const asked = cut(box.value);
    list.replaceChildren();
    said.textContent = "";
    if (!index || asked.length === 0) return;
    let all = find(asked[0]);
    asked.slice(1).map(find).forEach(function (next) {
      all = new Map(Array.from(all).filter(function (x) { return next.has(x[0]); }).map(function (x) { return [x[0], x[1] + next.get(x[0])]; }));
    });
    const sorted = Array.from(all).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; });
    said.textContent = sorted.length === 0 ? "Nothing is found." : sorted.length === 1 ? "1 place is found." : sorted.length + " places are found" + (sorted.length > most ? "; these are the first " + most + "." : ".");
    sorted.slice(0, most).forEach(function (x) {
      const place = index.places[x[0]], page = index.pages[place[0]];
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = page[0] + (place[1] ? "#" + place[1] : "");
      link.textContent = place[2];
      item.append(link);
      if (page[1] !== place[2]) item.append(" in " + page[1]);
      list.append(item);
    });
  };

  box.addEventListener("focus", load);
  box.addEventListener("input", function () { load(); show(); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  const go = function (by) { // from the box through what was found
    const all = [box].concat(Array.from(list.querySelectorAll("a")));
    const at = all.indexOf(document.activeElement);
    if (at >= 0) all[Math.max(0, Math.min(all.length - 1, at + by))].focus();
  };
  form.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") go(1);
    else if (event.key === "ArrowUp") go(-1);
    else if (event.key === "Escape") { box.value = ""; show(); box.focus(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    event.preventDefault();
    box.focus();
  });
  list.addEventListener("click", function () { box.value = ""; show(); }); // the place may be on this page
  form.hidden = false;

  // What is too wide scrolls, by keys too.
  document.querySelectorAll("pre, .scroll").forEach(function (e) {
    if (e.scrollWidth <= e.clientWidth) return;
    e.tabIndex = 0;
    e.setAttribute("role", "region");
    e.setAttribute("aria-label", e.matches("pre") ? "Text that scrolls" : "Table that scrolls");
  });
})();
