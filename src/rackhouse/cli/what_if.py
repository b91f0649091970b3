"""How what-if looks in a terminal: tables of a report. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rackhouse.kit.text import plural
from rackhouse.rack.whatif.measure import Measure
from rackhouse.rack.whatif.money import BreakEven, Shopping
from rackhouse.rack.whatif.report import Loss, Report
from rackhouse.rack.whatif.standing import State

_COLOURS = {
    State.GOES_ON: "green",
    State.WEAKER: "yellow",
    State.MAY_STOP: "yellow",
    State.STOPS: "red",
}
_MARKS = {State.GOES_ON: "●", State.WEAKER: "◐", State.MAY_STOP: "?", State.STOPS: "✗"}


def show(report: Report) -> RenderableType:
    """The whole report."""
    parts: list[RenderableType] = []
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
    yield "What happens", _standings(report)
    yield "What fits", _measures(report)
    yield "Power", _power(report)
    if report.shopping.items:
        yield "To buy", _shopping(report.shopping)
    if report.break_even:
        yield "Own tokens or an outside API", _tokens(report.break_even)
    if report.problems:
        lines = [Text(f"  {line}", "yellow") for line in report.problems]
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
    for old, new in zip(*_paired(report), strict=True):
        verdict = Text("fits", "green") if new.fits else Text("no longer fits", "red")
        if not new.fits and not old.fits:
            verdict = Text("does not fit", "red")
        unknown = f"  not said: {', '.join(new.unknown)}" if new.unknown else ""
        table.add_row(
            new.what, _size(new, new.asks), _size(old, old.has), _size(new, new.has),
            Text.assemble(verdict, (unknown, "dim")),
        )  # fmt: skip
    return table


def _paired(report: Report) -> tuple[list[Measure], list[Measure]]:
    old = {measure.what: measure for measure in report.before.measures}
    new = list(report.after.measures)
    return [old.get(measure.what, measure) for measure in new], new


def _size(measure: Measure, count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if measure.bytes else str(count)


def _power(report: Report) -> Table:
    table = _table("", "watts", "a month")
    for name, side in (("before", report.before), ("after", report.after)):
        have = side.capacity
        cost = "electricity: not said" if have.cost is None else f"{have.cost:.2f} {have.currency}"
        unknown = f"  not said: {', '.join(have.unknown_watts)}" if have.unknown_watts else ""
        table.add_row(name, f"{have.watts:g}", Text.assemble(cost, (unknown, "dim")))
    return table


def _shopping(found: Shopping) -> Table:
    table = _table("", "", "price")
    for name, kind, price in found.items:
        table.add_row(name, kind, str(price) if price else Text("not said", "yellow"))
    totals = " + ".join(str(total) for total in found.totals) or "0"
    rest = f" and {plural(len(found.unknown), 'unknown price')}" if found.unknown else ""
    table.add_row(Text("together", "bold"), "", Text(totals + rest, "bold"))
    return table


def _tokens(found: Sequence[BreakEven]) -> Group:
    return Group(*(Text(f"  {line}") for each in found for line in token_lines(each)))


def token_lines(each: BreakEven) -> Iterator[str]:
    """The comparison in sentences. A million tokens: three are read for each that is written."""
    yield f"{each.model}: {each.here} against {each.outside}"
    if each.missing:
        yield f"  not known: {'; '.join(each.missing)}"
        return
    money = each.currency
    yield (
        f"  outside {each.outside_price:.3f} {money} a million tokens; here {each.own_power:.3f} "
        f"{money}, and {each.standing_power:.2f} {money} a month for standing by"
    )
    if each.even is None:
        yield f"  own tokens never pay: it makes {each.most:,.0f} million a month at most"
        return
    yield f"  own tokens pay from {each.even:,.1f} million a month, of {each.most:,.0f} at most"
    if each.paid_back is not None:
        yield f"  asked without a pause, the machine is paid back in {each.paid_back:.0f} months"


def _state(state: State) -> Text:
    return Text.assemble((f"{_MARKS[state]} {state}", _COLOURS[state]))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in headings:
        numeric = heading in {"asked for", "before", "after", "watts", "price"}
        table.add_column(heading, justify="right" if numeric else "left")
    return table
