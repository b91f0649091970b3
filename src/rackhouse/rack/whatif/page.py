"""A report as one page that needs nothing else: no script, no font, no other file. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rackhouse.rack.whatif import picture, sentences
from rackhouse.rack.whatif.money import BreakEven, Draw
from rackhouse.rack.whatif.report import Loss, Report
from rackhouse.rack.whatif.standing import Standing, State
from rackhouse.rack.whatif.style import STYLE
from rackhouse.rack.whatif.wear import Wear

_MARKS = {State.GOES_ON: "●", State.WEAKER: "◐", State.MAY_STOP: "?", State.STOPS: "✗"}
_NUMBER = ' class="number"'


def page(report: Report, losses: Sequence[Loss] = ()) -> str:
    """The HTML text; with `losses`, also what each single loss stops."""
    title = sentences.title(report.change)
    parts = "\n".join(_section(heading, body) for heading, body in sections(report, losses))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · {escape(report.rack)}</title>
<style>{STYLE}</style>
<main class="report">
<header><p class="soft">What if · {escape(report.rack)}</p>
<h1>{escape(title)}</h1>
<p>{escape(sentences.verdict(report))}</p></header>
{parts}
<footer>From the rack file alone; what it does not say is not guessed. rackhouse what-if</footer>
</main>
</html>
"""


def sections(report: Report, losses: Sequence[Loss] = ()) -> list[tuple[str, str]]:
    """Each heading, and what stands under it as HTML, for `style.REPORT`; without those that have
    nothing to say.
    """
    return [(heading, body) for heading, body in _parts(report, losses) if body]


def _parts(report: Report, losses: Sequence[Loss]) -> Iterator[tuple[str, str]]:
    before, after = report.before, report.after
    yield "What happens", _standings(after.standings)
    if losses:
        yield "What each single loss stops", _losses(losses, len(after.standings))
    memory = picture.memory(before, after)
    yield "Memory that the rack file asks for", memory and memory + _legend()
    yield "What fits", _measures(report)
    yield "Power", picture.power(before, after) + _draws(report)
    if report.shopping.items:
        yield "To buy", _shopping(report)
    if report.break_even:
        yield "Own tokens or an outside API", "".join(map(_tokens, report.break_even))
    yield "How long cards and disks last", _wear(report.wear)
    lines = "".join(f"<li>{escape(line)}</li>" for line in report.problems)
    yield "For good, the rack file would need", f'<ul class="list">{lines}</ul>' if lines else ""


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{heading}</h2>\n{body}</section>"


def _standings(found: Sequence[Standing]) -> str:
    rows = [
        f'<tr>{_state(each.state)}<th scope="row">{escape(each.what)}</th>'
        f'<td class="why whole">{escape(each.why)}</td></tr>'
        for each in sorted(found, key=lambda each: -each.state.rank)
    ]
    return _table(("state", "what", "why"), rows) if rows else ""


def _losses(losses: Sequence[Loss], things: int) -> str:
    worst = (State.STOPS, State.MAY_STOP, State.WEAKER)
    rows = []
    for loss in losses:
        left = ", ".join(f"{each.has} of {each.had}" for each in loss.servers)
        cells = "".join(_names(loss, state, things) for state in worst)
        rows.append(
            f'<tr><th scope="row">{escape(loss.name)}</th>'
            f'<td data-name="servers left">{left}</td>{cells}</tr>'
        )
    return _table(("without", "servers left", *worst), rows)


def _names(loss: Loss, state: State, things: int) -> str:
    names = [each.what for each in loss.worse if each.state is state]
    if not names:
        return "<td></td>"
    text = escape(", ".join(names)) if len(names) < things else "everything"
    return f'<td class="{_css(state)} whole" data-name="{state}">{text}</td>'


def _measures(report: Report) -> str:
    rows = []
    for old, new in report.measures:
        asks, had, has = (sentences.size(new, count) for count in (new.asks, old.has, new.has))
        kind = "goes-on" if new.fits else "short"
        rows.append(
            f'<tr><th scope="row" class="whole">{new.what}</th>'
            f'<td class="number" data-name="asked for">{asks}</td>'
            f'<td class="number" data-name="before">{had}</td>'
            f'<td class="number" data-name="after">{has}</td>'
            f'<td class="{kind}">{escape(sentences.fit(old, new))}</td></tr>'
        )
    return _table(("what", "#asked for", "#before", "#after", "enough"), rows) if rows else ""


def _draws(report: Report) -> str:
    if not report.after.draws:
        return ""
    currency = report.after.capacity.currency
    hues = {each.name: picture.hue(number) for number, each in enumerate(report.after.machines)}
    rows = [_draw(draw, currency, hues[draw.node]) for draw in report.after.draws]
    said = "".join(
        f"<p>{name}: {escape(sentences.month(side))}</p>"
        for name, side in sentences.sides(report.before, report.after)
    )
    return f'<div class="costs">{said}</div>' + _table(
        ("machine", "#idle", "#usual", "#busy", "#a month"), rows
    )


def _draw(draw: Draw, currency: str, hue: str) -> str:
    watts = (("idle", draw.idle), ("usual", draw.usual), ("busy", draw.busy))
    cells = "".join(
        f'<td class="number" data-name="{name}">{value:g} W</td>' if value else "<td></td>"
        for name, value in watts
    )
    cost = "" if draw.cost is None else f"{draw.cost:.2f} {currency}"
    name = f'<th scope="row" class="whole"><i class="{hue}"></i>{escape(draw.node)}</th>'
    return f'<tr>{name}{cells}<td class="number">{cost or "not said"}</td></tr>'


def _shopping(report: Report) -> str:
    rows = [
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(kind)}</td>'
        f'<td class="number">{price or "not said"}</td></tr>'
        for name, kind, price in report.shopping.items
    ]
    total = escape(sentences.total(report.shopping))
    rows.append(f'<tr><th scope="row">together</th><td></td><th class="number">{total}</th></tr>')
    return _table(("machine", "what", "#price"), rows)


def _tokens(each: BreakEven) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in sentences.tokens(each))
    heading = escape(f"{each.model}: {each.here} against {each.outside}")
    return f'<p>{heading}</p><ul class="soft">{lines}</ul>'


def _wear(found: Sequence[Wear]) -> str:
    rows = [
        f'<tr><th scope="row">{escape(each.node)}</th><td>{escape(each.disk)}</td>'
        f'<td class="whole{" short" * each.short}">{escape(sentences.lasts(each))}</td></tr>'
        for each in found
    ]
    return _table(("machine", "disk", "lasts"), rows) if rows else ""


def _legend() -> str:
    hues = [*picture.LEGEND.items(), ("model", "models")]
    items = "".join(f'<span><i class="{kind}"></i>{escape(name)}</span>' for kind, name in hues)
    items += "<span>empty: free, for applications</span>"
    return f'<p class="legend">{items}<span>copies may come to lie elsewhere</span></p>'


def _table(headings: Sequence[str], rows: Sequence[str]) -> str:
    """`#` before a heading: a column of numbers."""
    head = "".join(
        f'<th scope="col"{_NUMBER * heading.startswith("#")}>{heading.removeprefix("#")}</th>'
        for heading in headings
    )
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table class="stack"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _state(state: State) -> str:
    return f'<td class="state {_css(state)}">{_MARKS[state]} {state}</td>'


def _css(state: State) -> str:
    return state.replace(" ", "-")
