"""A report's sentences, the same in a terminal and on a page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.kit.text import plural
from rackhouse.rack.kinds import show_bytes
from rackhouse.rack.whatif.measure import Measure
from rackhouse.rack.whatif.money import BreakEven, Shopping
from rackhouse.rack.whatif.report import Report, Side
from rackhouse.rack.whatif.situation import Change
from rackhouse.rack.whatif.standing import State
from rackhouse.rack.whatif.wear import Wear

_LONG = 100  # years: nobody knows that


def title(change: Change) -> str:
    """`Without pi-1 and the cable in port 3, with pi-5`; `As it is` of no change."""
    lost = [*sorted(change.nodes), *(f"the card of {name}" for name in sorted(change.cards))]
    lost += [f"the cable in port {port}" for port in sorted(change.ports)]
    parts = [f"without {_and(lost)}"] if lost else []
    parts += [f"with {_and([node.name for node in change.added])}"] if change.added else []
    text = ", ".join(parts) or "as it is"
    return text[0].upper() + text[1:]


def verdict(report: Report) -> str:
    """`1 stops, 2 weaker, 7 go on`."""
    states = [standing.state for standing in report.after.standings]
    if not report.after.machines:
        return "the rack file names no machines; add `nodes` to it"
    counts = {state: states.count(state) for state in reversed(State) if state in states}
    words = {State.STOPS: "stops", State.GOES_ON: "goes on"}
    many = {State.STOPS: "stop", State.GOES_ON: "go on"}
    return ", ".join(
        f"{count} {(words if count == 1 else many).get(state, state)}"
        for state, count in counts.items()
    )


def sides(before: Side, after: Side) -> list[tuple[str, Side]]:
    """Both by name, or the one where nothing changed."""
    return [("now", after)] if before == after else [("before", before), ("after", after)]


def size(measure: Measure, count: int) -> str:
    """`26.0 GiB`, or a plain count."""
    return gib(count) if measure.bytes else str(count)


def gib(count: float) -> str:
    """`26.0 GiB`, `64 MiB`."""
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 or not count else f"{count / 2**20:.0f} MiB"


def fit(before: Measure, after: Measure) -> str:
    """Whether there is enough, and of what the file is silent."""
    short = "no longer fits" if before.fits else "does not fit"
    unknown = f"; not said: {', '.join(after.unknown)}" if after.unknown else ""
    return ("fits" if after.fits else short) + unknown


def month(side: Side) -> str:
    """`29.92 EUR a month`, and of which machines nobody knows what they draw."""
    have = side.capacity
    cost = "electricity: not said"
    if have.cost is not None:
        cost = f"{have.cost:.2f} {have.currency} a month"
    unknown = f"; watts not said: {', '.join(have.unknown_watts)}" if have.unknown_watts else ""
    return cost + unknown


def total(found: Shopping) -> str:
    """`95.00 EUR and 1 unknown price`."""
    known = " + ".join(str(amount) for amount in found.totals)
    rest = plural(len(found.unknown), "unknown price") if found.unknown else ""
    return " and ".join(filter(None, [known, rest]))


def tokens(each: BreakEven) -> Iterator[str]:
    """The comparison of own tokens with an outside API."""
    if each.missing:
        yield f"not known: {'; '.join(each.missing)}"
        return
    money = each.currency
    yield "a million tokens, three of four of them read and not written:"
    yield f"outside {each.outside_price:.3f} {money}, here {each.own_power:.3f} {money} of power"
    yield f"standing by costs {each.standing_power:.2f} {money} a month"
    if each.even is None:
        yield f"own tokens never pay, at most {each.most:,.0f} million a month as they are"
        return
    yield f"own tokens pay from {each.even:,.1f} million a month, of {each.most:,.0f} at most"
    if each.paid_back is not None:
        yield f"asked without a pause, it has paid for itself in {_months(each.paid_back)}"


def lasts(each: Wear) -> str:
    """`8.2 years, at 10G a day of 30T`, or what the file would have to say."""
    if each.missing:
        return f"not known: {'; '.join(each.missing)}"
    years = "more than 100 years" if each.years > _LONG else f"{each.years:.1f} years"
    return f"{years}, at {show_bytes(each.writes)} a day of {show_bytes(each.endurance)}"


def _months(months: float) -> str:
    return plural(round(months), "month") if months >= 1 else "less than a month"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
