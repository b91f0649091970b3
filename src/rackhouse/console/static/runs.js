// A run's page while the run goes on: puts in what it says, opens the line that an address names,
// opens and folds all steps. Without it the page shows what there was when it was asked for.

"use strict";
{
  const MOST = 4000; // lines that are kept
  const log = document.getElementById("run-log");
  const at = (id) => document.getElementById(id);

  function openLine() {
    const name = location.hash.slice(1);
    if (!/^L\d+$/.test(name)) return;
    const line = at(name);
    if (line) {
      const step = line.closest("details");
      if (step) step.open = true;
      line.scrollIntoView({ block: "center" });
    } else if (log && !location.search.includes(`line=${name.slice(1)}`)) {
      location.replace(`?line=${name.slice(1)}#${name}`); // that line is not on this page
    }
  }

  function still(step) {
    step.classList.remove("busy");
    step.querySelector(".badge.new")?.remove();
  }

  // Which steps are at work and which have failed; others that were are folded, if that is asked.
  function mark({ busy, failed }, folding) {
    for (const step of log.querySelectorAll("details.busy")) {
      if (busy.includes(step.id)) continue;
      still(step);
      if (folding && !failed.includes(step.id)) step.open = false;
    }
    for (const step of failed.map(at)) {
      if (!step || step.classList.contains("bad")) continue;
      step.classList.add("bad");
      step.open = true;
      const badge = document.createElement("span");
      badge.className = "badge failed";
      badge.textContent = "failed";
      step.querySelector("summary .name").after(badge);
    }
  }

  function forget() {
    let more = log.querySelectorAll(".lines > li").length - MOST;
    for (const list of log.querySelectorAll(".lines")) {
      for (; more > 0 && list.firstElementChild; more -= 1) list.firstElementChild.remove();
    }
  }

  function add(pieces) {
    const page = document.documentElement;
    const follow = innerHeight + scrollY > page.scrollHeight - 120;
    at("silence")?.remove();
    for (const { into, html, fold: before } of pieces) {
      if (before && at(before)) {
        still(at(before));
        at(before).open = false;
      }
      at(into)?.insertAdjacentHTML("beforeend", html);
    }
    forget();
    if (follow) scrollTo(0, page.scrollHeight);
  }

  function listen() {
    const { events, first } = log.dataset;
    let last = log.dataset.last;
    let source = null;
    const turn = () => {
      source?.close();
      source = null;
      if (document.hidden) return; // a browser opens only six connections to one place
      source = new EventSource(`${events}?first=${first}&after=${last}`);
      source.addEventListener("lines", (event) => {
        last = event.lastEventId;
        add(JSON.parse(event.data).pieces);
      });
      source.addEventListener("changed", (event) => {
        mark(JSON.parse(event.data), true);
        refresh(); // live.js puts in the rest of the page
      });
      source.addEventListener("end", (event) => {
        document.removeEventListener("visibilitychange", turn);
        source.close();
        mark(JSON.parse(event.data), false);
        refresh();
      });
    };
    document.addEventListener("visibilitychange", turn);
    addEventListener("pagehide", () => source?.close());
    turn();
  }

  for (const button of document.querySelectorAll("[data-fold]")) {
    button.addEventListener("click", () => {
      for (const step of log.querySelectorAll("details")) step.open = button.dataset.fold === "open";
    });
  }
  addEventListener("hashchange", openLine);
  openLine();
  if (log?.dataset.events) listen();
}
