// Comfort for the asking pages: answers as they are made, passages beside them. Without this file
// forms and links do the same, page by page.
"use strict";
(() => {
  // The reading pages, which stand at the same host, ask for this reader's notes from now on.
  try { localStorage.setItem("asked", "yes"); } catch { /* they do not */ }

  const beside = document.getElementById("beside");
  const turns = document.getElementById("turns");

  // What the server wrote, as nodes. It escapes everything; no script runs in what is parsed so.
  function nodes(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  // Passages beside the answer.
  let opener = null;
  function shut() {
    if (!beside || beside.hidden) return;
    beside.hidden = true;
    for (const each of document.querySelectorAll("[aria-current]")) each.removeAttribute("aria-current");
    opener?.focus();
  }
  async function open(link) {
    const answer = await fetch(`${link.pathname}?beside`, { headers: { accept: "text/html" } });
    if (!answer.ok) { location.href = link.href; return; }
    const button = document.createElement("button");
    button.className = "tool shut";
    button.type = "button";
    button.textContent = "Close";
    button.addEventListener("click", shut);
    beside.replaceChildren(button, nodes(await answer.text()));
    beside.hidden = false;
    for (const each of document.querySelectorAll("[aria-current]")) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    opener = link;
    button.focus({ preventScroll: true });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-beside]");
    if (!link || !beside || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link).catch(() => { location.href = link.href; });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });

  // A note or a colour beside an answer is kept there, and shown.
  beside?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    const kept = await fetch(event.target.action, { method: "POST", body }).catch(() => null);
    if (kept?.ok && opener) await open(opener);
    else event.target.append("It was not kept. Try again.");
  });

  // Answers as they are made.
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      held += value;
      const blocks = held.split("\n\n");
      held = blocks.pop();
      for (const block of blocks) {
        const name = /^event: (.*)$/m.exec(block);
        const data = /^data: (.*)$/m.exec(block);
        if (name && data) yield [name[1], JSON.parse(data[1])];
      }
    }
  }

  async function ask(form) {
    const sent = new URLSearchParams(new FormData(form));
    const turn = document.createElement("article");
    turn.className = "turn";
    turn.setAttribute("aria-busy", "true");
    const asked = document.createElement("h2");
    asked.className = "asked";
    asked.textContent = sent.get("question");
    const working = document.createElement("p");
    working.className = "working";
    working.setAttribute("role", "status");
    working.textContent = "Looking for passages";
    const parts = document.createElement("div");
    parts.className = "parts";
    turn.append(asked, working, parts);
    turns.append(turn);
    turn.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      const answer = await fetch("/ask/stream", { method: "POST", body: sent });
      if (!(answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        turn.replaceChildren(asked, ...(page.querySelector(".notice") ? [page.querySelector(".notice")] : []));
        return;
      }
      for await (const [name, data] of events(answer.body)) {
        if (name === "status") working.textContent = data.text;
        else if (name === "part") parts.append(nodes(data.html));
        else if (name === "restart") { parts.replaceChildren(); working.textContent = data.text; }
        else if (name === "error") { working.remove(); turn.append(nodes(data.html)); }
        else if (name === "done") {
          turn.replaceWith(nodes(data.html));
          form.reset();
          form.elements.question.value = "";
          document.querySelector(".recent")?.remove();
          if (data.conversation) {
            let kept = form.elements.conversation;
            if (!kept) {
              kept = document.createElement("input");
              kept.type = "hidden";
              kept.name = "conversation";
              form.prepend(kept);
            }
            kept.value = data.conversation;
            history.replaceState(null, "", `/ask/conversations/${data.conversation}`);
          }
        }
      }
    } catch {
      working.textContent = "The connection broke off. Ask again.";
    } finally {
      turn.removeAttribute("aria-busy");
      button.disabled = false;
    }
  }
  const form = document.querySelector("form[data-asking]");
  if (form && turns) {
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(form); });
    form.elements.question.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });
  }
})();
