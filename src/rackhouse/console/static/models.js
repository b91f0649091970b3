// Traffic as it happens: `live.js` looks again when a request has ended. And the playground: asks
// one model or two at once, and shows the words as they come. Without it the page is as it was when
// it was loaded, and the same form is answered with a whole page.

"use strict";

{
  const form = document.querySelector("[data-playground]");
  const place = document.getElementById("answers");
  let asking = new AbortController();

  function sheet(model) {
    const article = document.createElement("article");
    article.className = "sheet";
    const [name, said, told] = ["h3", "p", "p"].map((tag) => document.createElement(tag));
    name.textContent = model;
    said.className = "said";
    told.className = "facts";
    article.append(name, said, told);
    place.append(article);
    return {
      word: (text) => said.append(text),
      told: (text) => { told.textContent = text; },
      wrong: (text) => { told.className = "reason"; told.textContent = text; said.hidden = !said.textContent; },
    };
  }

  // Server-sent events of an answer to a POST, which an EventSource cannot read.
  async function events(answer, each) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const pieces = (rest + value).split("\n\n");
      rest = pieces.pop();
      for (const piece of pieces) {
        const [event, data] = piece.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
        each(event, JSON.parse(data));
      }
    }
  }

  async function ask(fields, model, signal) {
    const shown = sheet(model);
    const body = new URLSearchParams(fields);
    body.set("model", model);
    body.delete("other");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal, headers: { accept: "text/event-stream" } });
      if (!answer.ok) return shown.wrong(`the console answers ${answer.status}: load the page again`);
      await events(answer, (event, data) => shown[event]?.(data));
    } catch (error) {
      if (error.name !== "AbortError") shown.wrong("the console does not answer");
    }
  }

  let soon = 0;
  if (document.getElementById("traffic")) {
    whileSeen("/models/events", (source) => source.addEventListener("traffic", () => {
      clearTimeout(soon);
      soon = setTimeout(refresh, 300); // several end together
    }));
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    asking.abort();
    asking = new AbortController();
    place.replaceChildren();
    const fields = new FormData(form);
    for (const model of new Set([fields.get("model"), fields.get("other")].filter(Boolean))) {
      ask(fields, model, asking.signal);
    }
  });
}
