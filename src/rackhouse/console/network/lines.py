"""The chart as lines of a table: pairs of one source that are alike stand in one line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.console.network.chart import Chart, Pair
from rackhouse.console.network.measured import Measured
from rackhouse.console.network.words import found, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`pairs` have one source and say the same: what is `open`, `why` or by which `rules` (lines of
    the rack file), what packets `found`, and whether that is `wrong`.
    """

    pairs: tuple[Pair, ...]
    open: str
    why: str
    rules: tuple[int, ...]
    found: str = ""
    wrong: bool = False

    @property
    def source(self) -> str:
        """Who opens the connections."""
        return self.pairs[0].source.name


def lines(chart: Chart, measured: Measured | None) -> Sequence[Line]:
    """All pairs, in the order of the chart; `found` is empty where nothing was measured."""
    alike: dict[tuple[object, ...], list[Pair]] = {}
    for pair in chart.pairs:
        alike.setdefault((pair.source.key, *_said(pair, measured)), []).append(pair)
    return [_line(pairs, measured) for pairs in alike.values()]


def _said(pair: Pair, measured: Measured | None) -> tuple[str, str, tuple[int, ...], str, bool]:
    tried = measured.of(pair) if measured else None
    rules = tuple(rule.line for rule in pair.rules)
    words = found(tried) if tried else ""
    return opened(pair), str(pair.why), rules, words, bool(tried and tried.wrong)


def _line(pairs: Sequence[Pair], measured: Measured | None) -> Line:
    opens, why, rules, words, wrong = _said(pairs[0], measured)
    return Line(pairs=tuple(pairs), open=opens, why=why, rules=rules, found=words, wrong=wrong)
