"""Rounds in turns over the ways, and the table of them."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from gateway.serving import HERE, LOAD, pin, spent
from gateway.ways import KEY, Way
from racks import table

CONNECTIONS = (1, 16, 64)
RATE = 1500  # requests a second


@dataclass(frozen=True)
class Round:
    """One way, for a few seconds. Times in milliseconds, `cpu` in microseconds a request."""

    rate: float
    median: float
    p99: float
    first: float
    first_p99: float
    cpu: float
    bad: int


Case = tuple[str, int, bool]  # the way, connections, whether streams
Measured = dict[Case, list[Round]]


def rounds(ways: Sequence[Way], many: int, seconds: float) -> Measured:
    """In turns, so that what else the machine does meets all of them. None of them begins cold."""
    found: Measured = {}
    for way in ways:
        _round(way, 4, 2.0, stream=False)
    for stream in (False, True):
        for connections in CONNECTIONS:
            for _ in range(many):
                for way in ways:
                    case = (way.name, connections, stream)
                    found.setdefault(case, []).append(_round(way, connections, seconds, stream))
    return found


def _round(way: Way, connections: int, seconds: float, stream: bool, rate: float = 0) -> Round:
    before = spent(way.process) if way.process else 0.0
    said = load(way, connections, seconds, stream, rate)
    cpu = spent(way.process) - before if way.process else math.nan
    times = (said[each] * 1e3 for each in ("median", "p99", "first", "first_p99"))
    return Round(said["rate"], *times, cpu / max(1, said["total"]) * 1e6, said["bad"])


def paced(ways: Sequence[Way], many: int, seconds: float) -> None:
    """Where as many ask as have to be answered, and no more: what a request waits then. LiteLLM is
    none of them, since it does not answer a tenth of that.
    """
    found: Measured = {}
    for _ in range(many):
        for way in ways:
            case = (way.name, 16, False)
            found.setdefault(case, []).append(_round(way, 16, seconds, False, RATE))
    base = found["straight", 16, False]
    rows = []
    for (name, *_), its in found.items():
        middle, p99 = (_middle(its, of) for of in ("median", "p99"))
        added = [_middle(its, of) - _middle(base, of) for of in ("median", "p99")]
        straight = name == "straight"
        rows.append(
            (
                name,
                f"{_middle(its, 'rate'):.0f}",
                f"{middle:.2f}",
                f"{p99:.2f}",
                *("" if straight else f"{each:+.2f}" for each in added),
                "" if straight else f"{_middle(its, 'cpu'):.0f}",
                str(sum(each.bad for each in its) or ""),
            )
        )
    print()
    head = (f"{RATE} a second are due", "/s", "median ms", "p99", "added", "added p99")
    table(rows, (*head, "CPU us each", "failed"))


def load(
    way: Way, connections: int, seconds: float, stream: bool, rate: float = 0
) -> dict[str, float]:
    """What `load.py` says of it, in a process and on a core of its own."""
    argv = [sys.executable, str(HERE / "load.py"), way.url, KEY, str(connections), str(seconds)]
    done = subprocess.run(
        [*argv, *(["stream"] if stream else []), str(rate)],
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=lambda: pin(LOAD),
    )
    said: dict[str, float] = json.loads(done.stdout)
    return said


def _middle(found: Iterable[Round], of: str) -> float:
    return median(getattr(each, of) for each in found)


def report(found: Measured, ways: Sequence[Way]) -> None:
    """Every case a row: medians of the rounds' figures, and what each way adds to the straight."""
    rows = []
    for (name, connections, stream), its in found.items():
        base = found["straight", connections, stream]
        first = _middle(its, "first")
        added = [_middle(its, of) - _middle(base, of) for of in ("median", "p99", "first")]
        rows.append(
            (
                "stream" if stream else "plain",
                str(connections),
                name,
                f"{_middle(its, 'rate'):.0f}",
                f"{_middle(its, 'median'):.2f}",
                f"{_middle(its, 'p99'):.2f}",
                f"{first:.2f}" if stream else "",
                *("" if name == "straight" else f"{each:+.2f}" for each in added[:2]),
                "" if name == "straight" or not stream else f"{added[2]:+.2f}",
                "" if name == "straight" else f"{_middle(its, 'cpu'):.0f}",
                str(sum(each.bad for each in its) or ""),
            )
        )
    head = ("ask", "connections", "way", "/s", "median ms", "p99", "first byte")
    table(rows, (*head, "added", "added p99", "added first", "CPU us each", "failed"))
    if len(ways) > 2:
        _ratios(found)


def _ratios(found: Measured) -> None:
    rows = []
    for (name, connections, stream), theirs in found.items():
        if name != "LiteLLM":
            continue
        mine, base = (found[way, connections, stream] for way in ("rackhouse", "straight"))
        rows.append(
            (
                "stream" if stream else "plain",
                str(connections),
                _times(_middle(mine, "rate"), _middle(theirs, "rate")),
                *(
                    _times(
                        _middle(theirs, of) - _middle(base, of),
                        _middle(mine, of) - _middle(base, of),
                    )
                    for of in ("median", "p99", "first")
                ),
                _times(_middle(theirs, "cpu"), _middle(mine, "cpu")),
            )
        )
    print()
    head = ("times better than LiteLLM", "connections", "requests a second")
    table(rows, (*head, "added median", "added p99", "added first byte", "CPU"))


def _times(more: float, less: float) -> str:
    return f"{more / less:.1f}" if less > 0 and not math.isnan(more) else "-"
