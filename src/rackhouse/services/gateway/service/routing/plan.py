"""The file's models, made ready so that choosing among them parses nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from rackhouse.kit.errors import FileError, Problem
from rackhouse.services.gateway.clients.wake import packet
from rackhouse.services.gateway.model.config import Candidate, Config, Named, Upstream, When

_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One candidate with its upstream. `hours` are minutes of the day, from and until."""

    upstream: Upstream
    weight: int
    abilities: frozenset[str]
    when: When | None  # None: always
    callers: frozenset[str]
    tags: frozenset[str]
    hours: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A name and who may answer for it, by rank. `timed`: some only at certain hours."""

    named: Named
    ranks: tuple[tuple[Option, ...], ...]
    timed: bool


def plans(config: Config) -> dict[str, Plan]:
    """By the name asked for. FileError where a candidate is no upstream, or hours are none."""
    upstreams = {each.name: each for each in config.upstreams}
    return {named.name: _plan(named, upstreams) for named in config.models}


def _plan(named: Named, upstreams: dict[str, Upstream]) -> Plan:
    ordered = sorted(named.candidates, key=lambda each: each.rank)
    ranks = tuple(
        tuple(_option(named, each, upstreams) for each in rank)
        for _, rank in groupby(ordered, key=lambda each: each.rank)
    )
    timed = any(option.hours for rank in ranks for option in rank)
    return Plan(named=named, ranks=ranks, timed=timed)


def _option(named: Named, candidate: Candidate, upstreams: dict[str, Upstream]) -> Option:
    if candidate.upstream not in upstreams:
        what = f"there is no upstream {candidate.upstream!r}"
        raise _wrong(named, what, "name one of " + ", ".join(upstreams))
    upstream, when = upstreams[candidate.upstream], candidate.when
    try:
        packet(upstream.wake or "00:00:00:00:00:00")
    except ValueError as error:
        raise _wrong(named, str(error), "write 02:00:5e:10:00:01") from error
    return Option(
        upstream=upstream,
        weight=max(1, candidate.weight),
        abilities=frozenset(upstream.abilities),
        when=None if when == When() else when,
        callers=frozenset(when.callers),
        tags=frozenset(when.tags),
        hours=_hours(named, when.hours) if when.hours else None,
    )


def _hours(named: Named, hours: str) -> tuple[int, int]:
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise _wrong(named, f"{hours!r} are no hours", "write 22:00-06:00")
    a, b, c, d = (int(each) for each in match.groups())
    return a * 60 + b, c * 60 + d


def _wrong(named: Named, what: str, fix: str) -> FileError:
    path = f"models.{named.name}.candidates"
    return FileError(
        "the file of models", [Problem(line=0, rule="models", path=path, what=what, fix=fix)]
    )
