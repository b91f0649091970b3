// Buttons that copy what a field holds. Without it, the field is there to be selected.

"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const word = button.textContent;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      field.select(); // a browser that does not let us: one key does it
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}
