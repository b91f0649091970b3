// Comfort for those who read much: keys, selecting verses, where one was. Nothing here is needed.
"use strict";
(() => {
  const text = document.querySelector(".text");
  const verses = text ? [...text.querySelectorAll(".verse")] : [];
  const bar = document.getElementById("picked");
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* it forgets */ } };
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const picked = new Set();
  let at = -1;
  let from = -1;

  // Where one was, and which translations one reads.
  if (text) {
    keep("reading-place", JSON.stringify({ path: location.pathname + location.search, called: text.dataset.called }));
    if (/[?&](in|with)=/.test(location.search)) {
      document.cookie = `reading=${text.dataset.shown}; path=/; max-age=31536000; samesite=lax`;
    }
    const lit = text.dataset.lit && document.getElementById(text.dataset.lit);
    if (lit && !location.hash) lit.scrollIntoView({ block: "center", behavior: "instant" });
    at = verses.findIndex((verse) => `#${verse.id}` === location.hash);
  }
  const book = location.hash && document.getElementById(location.hash.slice(1))?.closest("details.book");
  if (book) book.open = true; // browsers that do not by themselves
  const goOn = document.getElementById("go-on");
  if (goOn) {
    try {
      const place = JSON.parse(kept("reading-place"));
      if (place && place.path.startsWith("/read/")) {
        goOn.querySelector("a").href = place.path;
        goOn.querySelector("a").textContent = place.called;
        goOn.hidden = false;
      }
    } catch { /* it was never said */ }
  }

  // Selecting. A press on a verse selects it, as long as no words of it are marked by the mouse.
  const number = (verse) => Number(verse.id.slice(1));
  const runs = () => {
    const found = [];
    for (const each of [...picked].sort((a, b) => a - b)) {
      const last = found.at(-1);
      if (last && last[1] === each - 1) last[1] = each; else found.push([each, each]);
    }
    return found.map(([first, last]) => [number(verses[first]), number(verses[last])]);
  };
  const span = () => runs().map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
  const place = () => `/read/${text.dataset.place}/${span()}${location.search}`;
  const called = () => `${text.dataset.called}:${span().replaceAll("-", "\u2013").replaceAll(",", ", ")}`;

  function show() {
    verses.forEach((verse, index) => {
      verse.classList.toggle("picked", picked.has(index));
      verse.classList.toggle("at", index === at);
    });
    bar.hidden = picked.size === 0;
    if (!picked.size) return;
    bar.querySelector("output").textContent = called();
    bar.querySelector("[data-more]").href = place();
    const question = bar.querySelector("[data-question]");
    if (question) question.href = `${question.dataset.question}?q=${encodeURIComponent(`${text.dataset.called}:${span()}`)}`;
    const notes = bar.querySelector("[data-notes]");
    const [first, last] = [runs()[0][0], runs().at(-1)[1]];
    if (notes) notes.href = `${notes.dataset.notes}${text.dataset.place.replace("/", ".")}.${first}${last > first ? `-${last}` : ""}`;
  }
  function pick(index, upTo) {
    if (upTo && from >= 0) {
      for (let each = Math.min(from, index); each <= Math.max(from, index); each += 1) picked.add(each);
    } else if (picked.has(index)) picked.delete(index);
    else picked.add(index);
    from = index;
    show();
  }
  function step(by) {
    if (!verses.length) return;
    at = Math.max(0, Math.min(verses.length - 1, at + by));
    show();
    verses[at].scrollIntoView({ block: "nearest" });
    verses[at].querySelector(".n").focus({ preventScroll: true });
  }
  function bare(words) { // without the marks of notes
    const copy = words?.cloneNode(true);
    copy?.querySelectorAll(".note, .head").forEach((each) => each.remove());
    return copy?.textContent;
  }
  function written() {
    const parts = text.dataset.shown.split(".").map((id) => {
      const said = [...picked].sort((a, b) => a - b)
        .map((each) => bare(verses[each].querySelector(`p[lang][data-t="${id}"]`))).filter(Boolean);
      return said.length ? `\u201c${said.join(" ")}\u201d\n\u2014 ${called()} (${id.toUpperCase()})` : "";
    });
    return parts.filter(Boolean).join("\n\n");
  }
  async function put(words) {
    const output = bar.querySelector("output");
    try {
      await navigator.clipboard.writeText(words);
      output.textContent = "Copied";
    } catch {
      output.textContent = "It cannot be copied here";
    }
    setTimeout(() => { if (picked.size) output.textContent = called(); }, 1500);
  }
  // A whole book, to be read where there is no network; the service worker finds it there.
  const keeping = document.querySelector(".keeping");
  if (keeping && "caches" in window && "serviceWorker" in navigator) keeping.hidden = false;
  async function keepBook() {
    const [button, output] = keeping.children;
    const [book] = text.dataset.place.split("/");
    const many = Number(button.dataset.chapters);
    button.disabled = true;
    try {
      const cache = await caches.open(`read-${button.dataset.version}`);
      for (let number = 1; number <= many; number += 1) {
        await cache.add(`/read/${book}/${number}${location.search}`);
        output.textContent = `${number} of ${many}`;
      }
      output.textContent = "It is kept";
    } catch {
      output.textContent = "It was broken off: try again";
      button.disabled = false;
    }
  }
  const does = {
    keep: keepBook,
    copy: () => picked.size && put(written()),
    link: () => picked.size && put(location.origin + place()),
    drop: () => { picked.clear(); from = at = -1; if (bar) show(); },
    keys: () => document.getElementById("keys").showModal(),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) { does[button.dataset.do](); return; }
    const verse = event.target.closest(".text .verse");
    if (!verse || String(getSelection())) return;
    const aside = event.ctrlKey || event.metaKey || event.button;
    if (event.target.closest("a:not(.n)") || (event.target.closest("a") && aside)) return;
    event.preventDefault();
    pick(verses.indexOf(verse), event.shiftKey);
  });

  // Whoever copies by the mouse from several verses gets the reference too.
  document.addEventListener("copy", (event) => {
    const chosen = getSelection();
    if (!text || picked.size || !chosen.rangeCount || !text.contains(chosen.anchorNode)) return;
    const inside = verses.filter((verse) => chosen.containsNode(verse, true));
    const words = String(chosen).trim();
    if (words.length < 20 || !inside.length) return;
    const [first, last] = [number(inside[0]), number(inside.at(-1))];
    const where = `${text.dataset.called}:${first}${last > first ? `\u2013${last}` : ""}`;
    event.clipboardData.setData("text/plain", `${words}\n\u2014 ${where} (${text.dataset.shown.toUpperCase().replaceAll(".", ", ")})`);
    event.preventDefault();
  });

  // Keys, where nobody is writing.
  const follow = (rel) => document.querySelector(`a[rel="${rel}"]`)?.click();
  const field = () => {
    const found = [...document.querySelectorAll('input[type="search"]')].find((each) => each.offsetParent);
    if (found) { found.focus(); found.select(); } else location.assign("/search");
  };
  const keys = {
    n: () => follow("next"), p: () => follow("prev"), ArrowRight: () => follow("next"), ArrowLeft: () => follow("prev"),
    j: () => step(1), k: () => step(-1), g: field, "/": field, "?": does.keys, c: does.copy,
    x: () => at >= 0 && pick(at, false), X: () => at >= 0 && pick(at, true), Escape: does.drop,
  };
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea, dialog[open]");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (writing) { if (event.key === "Escape") event.target.blur(); return; }
    if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
    const done = keys[event.key];
    if (!done) return;
    if (event.key !== "Escape") event.preventDefault();
    done();
  });

  // A form of what is shown says it briefly: without what is the same anyway.
  for (const form of document.querySelectorAll("form.choosing")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const first = form.elements.in.value;
      const others = [...form.querySelectorAll('[name="with"]:checked')].map((each) => each.value).filter((id) => id !== first);
      location.assign(`${location.pathname}?in=${first}${others.length ? `&with=${others.join(",")}` : ""}`);
    });
  }
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => { /* not offline, then */ });
})();
