"""How what-if looks in a terminal: tables of a report. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rackhouse.rack.whatif import sentences
from rackhouse.rack.whatif.money import BreakEven, Shopping
from rackhouse.rack.whatif.report import Loss, Report
from rackhouse.rack.whatif.standing import State
from rackhouse.rack.whatif.wear import Wear

_COLOURS = {
    State.GOES_ON: "green",
    State.WEAKER: "yellow",
    State.MAY_STOP: "yellow",
    State.STOPS: "red",
}
_MARKS = {State.GOES_ON: "●", State.WEAKER: "◐", State.MAY_STOP: "?", State.STOPS: "✗"}


def show(report: Report) -> RenderableType:
    """The whole report."""
    title, verdict = sentences.title(report.change), sentences.verdict(report)
    parts: list[RenderableType] = [Text.assemble((title, "bold"), f": {verdict}"), Text()]
    for title, body in _sections(report):
        parts += [Text(title, "bold"), body, Text()]
    return Group(*parts[:-1])


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    change = report.change
    return {
        "rack": report.rack,
        "without": {
            "nodes": sorted(change.nodes),
            "gpus": sorted(change.cards),
            "links": sorted(change.ports),
        },
        "added": [node.name for node in change.added],
        "worse": [asdict(standing) for standing in report.worse],
        "before": asdict(report.before),
        "after": asdict(report.after),
        "problems": list(report.problems),
        "shopping": asdict(report.shopping),
        "break_even": [asdict(each) for each in report.break_even],
        "wear": [asdict(each) for each in report.wear],
    }


def losses(found: Sequence[Loss], things: int) -> RenderableType:
    """What the loss of each single thing stops, by name; the reasons come with `--without`.

    `things`: how many there are, so that all of them are one word.
    """
    worst = [State.STOPS, State.MAY_STOP, State.WEAKER]
    table = _table("without", "servers left", *worst)
    for loss in found:
        left = ", ".join(f"{each.has} of {each.had}" for each in loss.servers)
        table.add_row(
            Text(loss.name, "bold"), left, *(_names(loss, state, things) for state in worst)
        )
    return table


def _names(loss: Loss, state: State, things: int) -> Text:
    names = [each.what for each in loss.worse if each.state is state]
    return Text(", ".join(names) if len(names) < things else "everything", _COLOURS[state])


def _sections(report: Report) -> Iterator[tuple[str, RenderableType]]:
    if not report.after.machines:
        return
    yield "What happens", _standings(report)
    yield "What fits", _measures(report)
    yield "Power", _power(report)
    if report.shopping.items:
        yield "To buy", _shopping(report.shopping)
    if report.break_even:
        yield "Own tokens or an outside API", _tokens(report.break_even)
    if report.wear:
        yield "How long cards and disks last", _wear(report.wear)
    if report.problems:
        lines = [Text(line, "yellow") for line in report.problems]
        yield "For good, the rack file would need", Group(*lines)


def _standings(report: Report) -> Table:
    before = {standing.what: standing.state for standing in report.before.standings}
    table = _table("", "", "")
    table.show_header = False
    for standing in sorted(report.after.standings, key=lambda each: -each.state.rank):
        was = before.get(standing.what, standing.state)
        why = standing.why + (" (as before)" if was is standing.state is not State.GOES_ON else "")
        table.add_row(_state(standing.state), standing.what, Text(why, "dim"))
    return table


def _measures(report: Report) -> Table:
    table = _table("", "asked for", "before", "after", "")
    for old, new in report.measures:
        fits = Text(sentences.fit(old, new), "green" if new.fits else "red")
        sizes = (sentences.size(new, count) for count in (new.asks, old.has, new.has))
        table.add_row(new.what, *sizes, fits)
    return table


def _power(report: Report) -> Table:
    table = _table("", "watts", "cost")
    for name, side in sentences.sides(report.before, report.after):
        table.add_row(name, f"{side.capacity.watts:g}", sentences.month(side))
    return table


def _shopping(found: Shopping) -> Table:
    table = _table("", "", "price")
    for name, kind, price in found.items:
        table.add_row(name, kind, str(price) if price else Text("not said", "yellow"))
    table.add_row(Text("together", "bold"), "", Text(sentences.total(found), "bold"))
    return table


def _tokens(found: Sequence[BreakEven]) -> Group:
    lines = []
    for each in found:
        lines.append(Text(f"{each.model}: {each.here} against {each.outside}"))
        lines += [Text(f"  {line}") for line in sentences.tokens(each)]
    return Group(*lines)


def _wear(found: Sequence[Wear]) -> Table:
    table = _table("", "", "")
    table.show_header = False
    for each in found:
        colour = "red" if each.short else "yellow" if each.missing else "green"
        table.add_row(each.node, each.disk, Text(sentences.lasts(each), colour))
    return table


def _state(state: State) -> Text:
    return Text.assemble((f"{_MARKS[state]} {state}", _COLOURS[state]))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in headings:
        numeric = heading in {"asked for", "before", "after", "watts", "price"}
        table.add_column(heading, justify="right" if numeric else "left")
    return table
