"""What the gateway measured of quality, as frozen values: rates with bounds from 0 to 1, money in
nanos for one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One upstream in one task class; of the answers `asked` of it, `n` were judged."""

    upstream: str
    local: bool
    n: float
    rate: float
    low: float
    high: float
    nanos: float
    model: str = ""
    asked: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One task class; `order` is who is asked, by evidence where it is `decided`."""

    kind: str
    decided: bool
    order: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A way of choosing, what it gives and what it costs."""

    policy: str
    quality: float
    low: float
    high: float
    nanos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Over `n` requests that a local and an outside model both answered; of so many the one or the
    other was better.
    """

    n: float
    local_better: float = 0.0
    outside_better: float = 0.0
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """The share that is asked of two and compared; how many were drawn since the gateway began, and
    how many of them `dropped`, by the reason.
    """

    share: float = 0.0
    drawn: int = 0
    compared: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One name that clients ask for. `margin`: by how much a cheaper upstream may be worse than the
    best and still go first.
    """

    name: str
    measured: bool
    curve: Curve
    margin: float = 0.0
    judged: bool = False
    escalated: int = 0
    shadow: Shadow = field(default_factory=Shadow)
    classes: tuple[Class, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """All of it. A verdict counts half after `half_life_days`."""

    currency: str
    models: tuple[Measured, ...] = ()
    half_life_days: float = 0.0
