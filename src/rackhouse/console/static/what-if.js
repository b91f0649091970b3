// Answers a what-if while its boxes are ticked: the question goes into the address, and `live.js`
// puts the answer in. Without it there is a button.

"use strict";

document.querySelector("[data-ask]")?.addEventListener("change", (event) => {
  if (event.target.type !== "checkbox") return;
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(event.currentTarget)) {
    if (name === "without" || name === "add") words.append(name, value);
  }
  history.replaceState(null, "", words.size ? `?${words}` : location.pathname);
  refresh();
});
