"""How a report looks: light and dark, from 320 px up, fit for paper. Pure.

`REPORT` is for the pieces of a report, wherever they stand in an element of the class `report`; the
page around them, which has nothing else, has `STYLE`.
"""

_COLOURS = """
  --system: light-dark(#8a9299, #79828a); --postgres: light-dark(#2f6fb0, #6aa9e6);
  --cache: light-dark(#a35a10, #e39b4e); --model: light-dark(#8447a5, #c08fe0);
"""

REPORT = f"""
.report {{ {_COLOURS}
  .machines {{ margin: 0; padding: .35rem 1rem; list-style: none; background: var(--card);
    border: 1px solid var(--line); border-radius: 10px; }}
  .machines li {{ display: grid; grid-template-columns: 9rem minmax(0, 1fr) 13rem;
    gap: .1rem 1rem; align-items: center; padding: .45rem 0; }}
  .machines li + li {{ border-top: 1px solid var(--line); }}
  .machines span {{ text-align: right; color: var(--soft); font-size: .9375rem; }}
  .machines em {{ font-style: normal; font-weight: 400; font-size: .875rem; white-space: nowrap; }}
  .machines + p {{ margin-top: .6rem; }}
  .gone, .cut {{ color: var(--bad); }} .new {{ color: var(--good); }}
  .bars {{ display: grid; gap: 3px; }}
  .machines svg {{ display: block; width: 100%; height: 1.1rem; }}
  .bars svg:first-child:not(:last-child) {{ height: .55rem; opacity: .6; }}
  .frame {{ fill: none; stroke: var(--edge); stroke-width: 2; vector-effect: non-scaling-stroke; }}
  .frame.gone {{ stroke: var(--bad); stroke-dasharray: 3 4; }}
  .system {{ --hue: var(--system); }} .postgres {{ --hue: var(--postgres); }}
  .cache {{ --hue: var(--cache); }} .model {{ --hue: var(--model); }}
  .w0 {{ --hue: var(--accent); }} .w1 {{ --hue: var(--postgres); }}
  .w2 {{ --hue: var(--cache); }} .w3 {{ --hue: var(--model); }}
  rect:not(.frame) {{ fill: var(--hue); }}
  .legend {{ display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin-top: .5rem;
    color: var(--soft); font-size: .875rem; }}
  .legend i, th i {{ display: inline-block; width: .8em; height: .8em; margin-right: .4em;
    border-radius: 2px; background: var(--hue); }}
  .scroll {{ overflow-x: auto; }}
  table {{ border-collapse: collapse; width: 100%; }}
  th, td {{ text-align: left; vertical-align: top; padding: .45rem 1rem .45rem 0;
    border-top: 1px solid var(--line); }}
  thead th {{ border: 0; white-space: nowrap; color: var(--soft); font-weight: 400;
    font-size: .875rem; }}
  tbody th {{ font-weight: 600; }}
  td.why, small {{ color: var(--soft); font-weight: 400; }}
  .number {{ text-align: right; white-space: nowrap; }}
  td.state {{ display: revert; font-size: inherit; white-space: nowrap; }}
  .goes-on {{ color: var(--good); }} .weaker, .may-stop {{ color: var(--busy); }}
  .stops, .short {{ color: var(--bad); }}
  .list {{ display: grid; gap: .3rem; margin: 0; padding: 0; list-style: none; }}
  .list li {{ padding: .4rem .8rem; border-left: 3px solid var(--busy); background: var(--card); }}
  .costs {{ display: flex; flex-wrap: wrap; gap: 0 2rem; padding-block: .2rem .6rem; }}
  @media (max-width: 40rem) {{
    .machines li {{ grid-template-columns: 1fr auto; }}
    .machines li > :nth-child(2) {{ grid-row: 2; grid-column: 1 / -1; }}
    .stack thead {{ position: absolute; clip-path: inset(50%); }}
    .stack tr {{ display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .45rem 0;
      border-top: 1px solid var(--line); }}
    .stack td, .stack th {{ display: block; border: 0; padding: 0; }}
    .stack .whole {{ flex-basis: 100%; }}
    .stack td:empty {{ display: none; }}
    .stack [data-name]::before {{ content: attr(data-name) ": "; color: var(--soft); }}
  }}
}}
"""

STYLE = f"""
:root {{
  color-scheme: light dark;
  --ground: light-dark(#f5f4f0, #13171a); --card: light-dark(#fffefb, #1b2024);
  --ink: light-dark(#1c2126, #e7e9ea); --soft: light-dark(#56606a, #a2abb2);
  --line: light-dark(#d8d5cb, #30373c); --edge: light-dark(#8b8f8f, #707a81);
  --accent: light-dark(#0b6b66, #5cc8bf);
  --good: light-dark(#1d7045, #67cd95); --busy: light-dark(#855700, #e3b25a);
  --bad: light-dark(#b3261e, #ff8e83);
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui,
  -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }}
main {{ max-width: 62rem; margin: auto; padding: clamp(1rem, 3vw, 2rem); display: grid; gap: 2rem;
  grid-template-columns: minmax(0, 1fr); }}
h1, h2, p, ul {{ margin: 0; padding: 0; }}
h1 {{ font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.1rem); line-height: 1.2; text-wrap: balance; }}
h2 {{ font-size: 1.05rem; margin-bottom: .6rem; }}
.soft {{ color: var(--soft); }}
ul {{ list-style: none; }}
:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }}
footer {{ color: var(--soft); font-size: .875rem; }}
@media print {{ :root {{ color-scheme: light; }} }}
{REPORT}"""
