// Colours and size as the reader chose them, before anything is drawn; remembered on this machine.
"use strict";
(() => {
  const NAMES = ["theme", "size", "flow"]; // `flow`: how verses follow each other, for pages that have some
  const root = document.documentElement;
  const remembered = (key) => { try { return localStorage.getItem(key) ?? ""; } catch { return ""; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* it forgets */ } };

  function show(name, value) {
    if (value) root.dataset[name] = value; else delete root.dataset[name];
  }

  root.classList.add("script");
  for (const name of NAMES) show(name, remembered(`look-${name}`));

  document.addEventListener("DOMContentLoaded", () => {
    for (const name of NAMES) {
      for (const input of document.querySelectorAll(`input[name="look-${name}"]`)) {
        input.checked = input.value === remembered(`look-${name}`);
        input.addEventListener("change", () => {
          remember(`look-${name}`, input.value);
          show(name, input.value);
        });
      }
    }
    // One menu is open at a time; Escape and a press elsewhere close it.
    const menus = [...document.querySelectorAll("details.menu")];
    const close = (but) => menus.forEach((menu) => { if (menu !== but) menu.open = false; });
    document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
    document.addEventListener("keydown", (event) => {
      const open = menus.find((menu) => menu.open);
      if (event.key !== "Escape" || !open) return;
      const inside = open.contains(document.activeElement);
      open.open = false;
      if (inside) open.querySelector("summary").focus();
    });
  });
})();
