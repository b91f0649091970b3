// Walks through the cells of a chart with the arrow keys, and says in words what each one is.
// Without it the same is in the table.

"use strict";

{
  const cells = (chart) => [...chart.querySelectorAll("a.thing")];
  const told = () => document.querySelector("[data-told]");
  const tell = (cell) => { if (cell && told()) told().textContent = cell.getAttribute("aria-label"); };

  // The nearest cell in that direction, in the same row or column.
  function next(chart, cell, [right, down]) {
    const at = cell.getBoundingClientRect();
    const away = (other) => {
      const to = other.getBoundingClientRect();
      const [x, y] = [to.x - at.x, to.y - at.y];
      const [along, aside] = right ? [x * right, Math.abs(y)] : [y * down, Math.abs(x)];
      return along > 2 && aside < 2 ? along : Infinity;
    };
    const best = cells(chart).sort((one, two) => away(one) - away(two))[0];
    return away(best) < Infinity ? best : cell;
  }

  const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-keys] a.thing");
    if (!cell || !(event.key in WAYS)) return;
    event.preventDefault();
    const chart = cell.closest("[data-keys]");
    const to = next(chart, cell, WAYS[event.key]);
    for (const each of cells(chart)) each.setAttribute("tabindex", each === to ? "0" : "-1");
    to.focus();
  });
  for (const name of ["focusin", "mouseover"]) {
    document.addEventListener(name, (event) => tell(event.target.closest("[data-keys] a.thing")));
  }
}
