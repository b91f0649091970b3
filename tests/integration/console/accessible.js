// What is wrong with this page for people: a list of sentences. The small part of axe's rules that
// this page can break, so that they are checked where axe is not installed too.
() => {
  const wrong = [];
  const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.getClientRects().length > 0;
  const name = (element) => (element.getAttribute("aria-label") || element.textContent || "").trim();

  if (!document.title || document.documentElement.lang !== "en") wrong.push("no title or language");
  if (all("main").length !== 1) wrong.push("not one main");
  for (const each of all("a[href], button, svg[role=img]").filter(seen)) {
    if (!name(each)) say("no name", each);
  }
  for (const each of all("input:not([type=hidden])")) {
    if (!each.labels.length) say("no label", each);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby"]) {
    for (const each of all(`[${attribute}]`)) {
      const ids = each.getAttribute(attribute).split(" ");
      if (!ids.every((id) => document.getElementById(id))) say("points at nothing", each);
    }
  }
  for (const each of all("button, .button, nav a").filter(seen)) {
    if (each.getBoundingClientRect().height < 24) say("too small to touch", each);
  }

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const each of all("main *, header *, footer *").filter(seen)) {
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || each.closest("svg, .unseen")) continue;
    const pair = [light(channels(getComputedStyle(each).color)), light(ground(each))];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (contrast < 4.5) say(`contrast ${contrast.toFixed(2)}`, each);
  }
  return wrong;
}
