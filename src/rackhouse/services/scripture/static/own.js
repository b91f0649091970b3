// What a reader marked, on the pages that everybody reads: study has it, at the same host under the path
// `ask`. It is asked only where somebody was signed in before, so that reading asks nobody.
"use strict";
(() => {
  const { ask } = document.currentScript.dataset;
  const verses = [...document.querySelectorAll(".text .verse[data-id]")];
  const bar = document.getElementById("picked");
  let knows = false;
  try { knows = localStorage.getItem("asked") === "yes"; } catch { /* then it does not */ }
  if (!knows || !verses.length || !bar) return;

  const at = (id) => verses.find((verse) => verse.dataset.id === String(id));
  function paint(verse, colour) {
    verse.className = verse.className.replace(/ ?\bown(-\w+)?\b/g, "") + (colour ? ` own own-${colour}` : "");
  }
  function note(verse, many) {
    const link = document.createElement("a");
    const place = document.querySelector(".text").dataset.place.replace("/", ".");
    link.className = "mine";
    link.href = `${ask}/passages/${place}.${verse.id.slice(1)}`;
    link.textContent = many > 1 ? `${many} notes` : "note";
    verse.append(link);
  }

  async function load() {
    const [first, last] = [verses[0].dataset.id, verses.at(-1).dataset.id];
    const answer = await fetch(`${ask}/marks?first=${first}&last=${last}`, { redirect: "manual" });
    if (!answer.ok) return; // signed out since
    const { notes, highlights } = await answer.json();
    for (const each of highlights) if (at(each.verse)) paint(at(each.verse), each.colour);
    const some = new Map();
    for (const { first: begin } of notes) some.set(begin, (some.get(begin) ?? 0) + 1);
    for (const [id, many] of some) if (at(id)) note(at(id), many);
    const colours = bar.querySelector(".colours");
    colours.hidden = false;
    colours.addEventListener("click", (event) => {
      const button = event.target.closest("[data-colour]");
      if (button) put(button.dataset.colour);
    });
  }

  async function put(colour) {
    for (const verse of document.querySelectorAll(".verse.picked")) {
      const how = colour
        ? { method: "PUT", body: JSON.stringify({ colour }), headers: { "content-type": "application/json" } }
        : { method: "DELETE" };
      const answer = await fetch(`${ask}/marks/${verse.dataset.id}`, { ...how, redirect: "manual" }).catch(() => null);
      if (!answer?.ok) { bar.querySelector("output").textContent = "Not kept: sign in again"; return; }
      paint(verse, colour);
    }
  }
  load().catch(() => { /* no network: the text is read without */ });
})();
