// Keeps a page that is already whole up to date: fetches it again when something changed and puts
// in the pieces marked `data-live` that differ; lets a log go on; writes times in local time.
// Without it every page still works.

"use strict";
document.documentElement.classList.add("script");

const main = document.querySelector("main[data-events]");
const EVERY = 4000; // milliseconds between looks when nothing changes: use, "3 min ago"
const LINES = 2000; // of a log that are kept
let asked = 0;

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}

// What has the focus, said in words that the new piece understands too.
function focused(piece) {
  const element = document.activeElement;
  if (!element || !piece.contains(element)) return null;
  const address = element.getAttribute("href");
  const tags = [...piece.querySelectorAll(element.tagName)];
  return { address, tag: element.tagName, place: tags.indexOf(element) };
}

function focusAgain(piece, before) {
  if (!before) return;
  const all = [...piece.querySelectorAll(before.tag)];
  const is = (element) => before.address && element?.getAttribute("href") === before.address;
  const shown = all.filter((element) => element.getClientRects().length > 0);
  const there = all[before.place];
  (is(there) ? there : shown.find(is) || there)?.focus({ preventScroll: true });
}

function put(piece, fresh) {
  const before = focused(piece);
  const open = new Set([...piece.querySelectorAll("details[open]")].map((each) => each.id));
  const seen = new Set([...piece.querySelectorAll("details")].map((each) => each.id));
  piece.replaceChildren(...fresh.childNodes);
  for (const details of piece.querySelectorAll("details")) {
    if (seen.has(details.id)) details.open = open.has(details.id);
  }
  focusAgain(piece, before);
}

async function refresh() {
  const turn = ++asked;
  let answer;
  try {
    answer = await fetch(main.dataset.source || location.href, { headers: { accept: "text/html" }, redirect: "manual" });
  } catch {
    return; // the event source says that we are offline
  }
  if (answer.type === "opaqueredirect") return location.reload(); // signed out
  if (!answer.ok) return;
  const text = await answer.text();
  if (turn !== asked) return; // a later question was asked meanwhile
  const page = new DOMParser().parseFromString(text, "text/html");
  localTimes(page);
  document.title = page.title;
  for (const piece of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(piece.id);
    if (fresh && fresh.innerHTML !== piece.dataset.was) {
      piece.dataset.was = fresh.innerHTML;
      put(piece, fresh);
    }
  }
}

// An event source while the page is seen: a browser opens only six connections to one place.
function whileSeen(address, prepare) {
  let source = null;
  const turn = () => {
    source?.close();
    source = null;
    if (!document.hidden) prepare((source = new EventSource(address)));
  };
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", () => source?.close());
  turn();
  return () => { document.removeEventListener("visibilitychange", turn); source?.close(); };
}

function watch() {
  const offline = document.getElementById("offline");
  let soon = 0;
  const changed = () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 150); // several changes come together
  };
  whileSeen(main.dataset.events, (source) => {
    for (const name of ["rack", "part", "application", "apply", "reset"]) {
      source.addEventListener(name, changed);
    }
    source.addEventListener("open", () => { offline.hidden = true; changed(); });
    source.addEventListener("error", () => { offline.hidden = false; });
  });
  setInterval(() => { if (!document.hidden) refresh(); }, EVERY);
}

function written(log, line) {
  const row = document.createDocumentFragment();
  const name = log.dataset.name;
  if (line.unit !== name) {
    const unit = document.createElement("b");
    unit.textContent = line.unit.startsWith(`${name}.`) ? line.unit.slice(name.length + 1) : line.unit;
    row.append(unit, " ");
  }
  row.append(`${line.text}\n`);
  return row;
}

function followLog(log) {
  const box = document.getElementById("follow");
  let stop = () => {};
  let waiting = [];
  const show = () => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    for (const line of waiting.splice(0)) {
      const row = document.createElement("span");
      row.append(written(log, line));
      log.append(row);
    }
    while (log.childElementCount > LINES) log.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  const start = () => whileSeen(`${log.dataset.follow}?count=200`, (source) => {
    source.addEventListener("open", () => log.replaceChildren()); // it begins with the last lines
    source.addEventListener("message", (event) => {
      if (waiting.push(JSON.parse(event.data)) === 1) requestAnimationFrame(show);
    });
  });
  const toggle = () => {
    stop();
    if (box.checked) stop = start();
  };
  box.addEventListener("change", toggle);
  log.scrollTop = log.scrollHeight;
  toggle();
}

localTimes(document);
if (main) {
  const pieces = document.querySelectorAll("[data-live]");
  for (const piece of pieces) piece.dataset.was = piece.innerHTML;
  if (pieces.length) watch();
  const log = document.getElementById("log");
  if (log) followLog(log);
}
