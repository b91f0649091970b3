"""What the gateway measured of quality, as frozen values: rates with bounds from 0 to 1, money in
nanos for one request.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One upstream in one task class; `n` answers were judged."""

    upstream: str
    local: bool
    n: float
    rate: float
    low: float
    high: float
    nanos: float


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
    """Over `n` requests that a local and an outside model both answered."""

    n: float
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One name that clients ask for."""

    name: str
    measured: bool
    curve: Curve
    escalated: int = 0
    classes: tuple[Class, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """All of it."""

    currency: str
    models: tuple[Measured, ...] = ()
