// Answers a what-if while its boxes are ticked: the question goes into the address, and `live.js`
// puts the answer in. Without it there is a button.

"use strict";

const question = document.querySelector("[data-ask]");

// What the boxes ask, of a form or of an address.
function boxes(pairs) {
  const words = new URLSearchParams();
  for (const [name, value] of pairs) {
    if (name === "without" || name === "add") words.append(name, value);
  }
  return `${words}`;
}

function ask() {
  const words = boxes(new FormData(question));
  if (words === boxes(new URLSearchParams(location.search))) return;
  history.replaceState(null, "", words ? `?${words}` : location.pathname);
  refresh();
}

question?.addEventListener("change", (event) => {
  if (event.target.type === "checkbox") ask();
});
if (question) ask(); // a box may have been ticked before this was here
