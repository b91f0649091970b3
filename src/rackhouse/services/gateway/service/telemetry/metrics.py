"""Counters and distributions of requests, in Prometheus' text form. Labels are only names that the
configuration has, so that their number is bounded. Asks nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import Problem

_NAME = "rackhouse_gateway_"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_RATES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 200.0, 400.0)

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value as it is now, of somebody who is asked when it is told."""

    name: str
    about: str
    value: float
    labels: Labels = field(default_factory=dict)


class _Spread:
    """How often a value was at most so much: a histogram."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self, name: str, labels: Labels) -> Iterator[str]:
        so_far = 0
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            so_far += count
            most = "+Inf" if bound == float("inf") else f"{bound:g}"
            yield f"{name}_bucket{_braced({**labels, 'le': most})} {so_far}"
        yield f"{name}_sum{_braced(labels)} {self.total:.6f}"
        yield f"{name}_count{_braced(labels)} {so_far}"


class _Count:
    """What adds up for one application, model, upstream and outcome."""

    __slots__ = ("cached", "input", "nanos", "output", "requests")

    def __init__(self) -> None:
        self.requests = self.input = self.output = self.cached = self.nanos = 0


class _Times:
    """How long it took, for one model and upstream."""

    __slots__ = ("first", "rate", "seconds", "waited")

    def __init__(self) -> None:
        self.first, self.rate = _Spread(_SECONDS), _Spread(_RATES)
        self.seconds, self.waited = _Spread(_SECONDS), _Spread(_SECONDS)


_SPREADS = {
    "time_to_first_token_seconds": ("first", "From the request to the first byte of a stream."),
    "output_tokens_per_second": ("rate", "Tokens of an answer by the seconds that it came in."),
    "request_seconds": ("seconds", "From the request to the end of the answer."),
    "queue_seconds": ("waited", "Waited for a turn at the upstream."),
}


class Metrics:
    """`models`: the names that there are; what else is asked for is counted as `other`."""

    def __init__(self, models: Iterable[str], currency: str) -> None:
        self._models = frozenset(models)
        self._currency = currency
        self._counts: dict[tuple[str, str, str, str], _Count] = {}
        self._times: dict[tuple[str, str], _Times] = {}
        self._fallbacks: dict[tuple[str, str], int] = {}
        self.turned_away: Counter[str] = Counter()

    def turn_away(self, problem: Problem) -> None:
        """A request that the log does not have: strangers could fill it. Counted by the code of the
        problem's class, whatever the problem itself says.
        """
        self.turned_away[type(problem).code] += 1

    def count(self, line: Entry) -> None:
        """One request that has ended."""
        model = line.model if line.model in self._models else "other"
        where = (line.application, model, line.upstream, line.outcome)
        count = self._counts.get(where) or self._counts.setdefault(where, _Count())
        count.requests += 1
        count.input += line.input
        count.output += line.output
        count.cached += line.cached
        count.nanos += line.cost
        for tried in line.tried:
            pair = (model, tried.upstream)
            self._fallbacks[pair] = self._fallbacks.get(pair, 0) + 1
        if line.upstream and not line.again:
            self._time(model, line)

    def _time(self, model: str, line: Entry) -> None:
        pair = (model, line.upstream)
        times = self._times.get(pair) or self._times.setdefault(pair, _Times())
        times.seconds.add(line.seconds)
        times.waited.add(line.waited)
        if line.stream:
            times.first.add(line.first)
            if line.output and line.seconds > line.first:
                times.rate.add(line.output / (line.seconds - line.first))

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """All of it."""
        lines = [*self._counted(), *self._spread(), *_gauged(gauges)]
        return "\n".join(lines) + "\n"

    def _counted(self) -> Iterator[str]:
        yield from _head("requests_total", "counter", "Requests that have ended, by outcome.")
        for where, count in self._counts.items():
            yield _line("requests_total", _by(where), count.requests)
        yield from _head("tokens_total", "counter", "Tokens, as upstreams counted them.")
        for where, count in self._counts.items():
            for kind in ("input", "output", "cached"):
                value = getattr(count, kind)
                if value:
                    yield _line("tokens_total", {**_by(where), "type": kind}, value)
        yield from _head("cost_total", "counter", "What was charged, in the rack's currency.")
        for where, count in self._counts.items():
            if count.nanos:
                labels = {**_by(where), "currency": self._currency}
                yield _line("cost_total", labels, count.nanos / 1e9)
        yield from _head("fallbacks_total", "counter", "Upstreams that did not answer to the end.")
        for (model, upstream), value in self._fallbacks.items():
            yield _line("fallbacks_total", {"model": model, "upstream": upstream}, value)
        yield from _head("turned_away_total", "counter", "Not let in: key, body or model's name.")
        for code, value in self.turned_away.items():
            yield _line("turned_away_total", {"code": code}, value)

    def _spread(self) -> Iterator[str]:
        for name, (attribute, about) in _SPREADS.items():
            yield from _head(name, "histogram", about)
            for (model, upstream), times in self._times.items():
                labels = {"model": model, "upstream": upstream}
                yield from getattr(times, attribute).lines(_NAME + name, labels)


def _by(where: tuple[str, str, str, str]) -> dict[str, str]:
    return dict(zip(("application", "model", "upstream", "outcome"), where, strict=True))


def _gauged(gauges: Iterable[Gauge]) -> Iterator[str]:
    told = set()
    for gauge in sorted(gauges, key=lambda each: each.name):
        if gauge.name not in told:
            told.add(gauge.name)
            kind = "counter" if gauge.name.endswith("_total") else "gauge"
            yield from _head(gauge.name, kind, gauge.about)
        yield _line(gauge.name, gauge.labels, gauge.value)


def _head(name: str, kind: str, about: str) -> tuple[str, str]:
    return f"# HELP {_NAME}{name} {about}", f"# TYPE {_NAME}{name} {kind}"


def _line(name: str, labels: Labels, value: float) -> str:
    return f"{_NAME}{name}{_braced(labels)} {value}"


def _braced(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
