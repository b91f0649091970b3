"""What `GET /admin/quality` says: rates by name and task class, and the curve of cost and quality.
Plain values, which msgspec writes as JSON as they stand. Computes nothing.

Rates and bounds lie between 0 and 1, money is nanos for one request (a mean), `n` is evidence after
forgetting: a verdict counts half after `half_life_days`.
"""

from __future__ import annotations

import msgspec


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One upstream in one class. `low` and `high` are the 95 % bounds of `rate`."""

    upstream: str
    model: str  # its own name there: another model begins without evidence
    local: bool
    asked: float  # answers, judged or not
    n: float  # answers judged
    rate: float
    low: float
    high: float
    nanos: float


class Class(msgspec.Struct, frozen=True, kw_only=True):
    """One task class. `order` is who is asked, best first; `decided` False: it is the file's."""

    kind: str
    decided: bool
    order: tuple[str, ...]
    measures: tuple[Measure, ...]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A way of choosing, and what it costs and gives, over requests that two models answered."""

    policy: str  # always local, always outside, router, oracle
    quality: float
    low: float
    high: float
    nanos: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """`n` requests that a local and an outside model both answered, and both verdicts are known;
    of so many the one or the other was better. The oracle knows afterwards who was the cheapest
    that held. Without points where n is 0.
    """

    n: float
    local_better: float = 0.0
    outside_better: float = 0.0
    points: tuple[Point, ...] = ()


class Shadow(msgspec.Struct, frozen=True, kw_only=True):
    """Since this process began. What was drawn is compared, or dropped for one of the reasons."""

    share: float
    drawn: int
    compared: int
    dropped: dict[str, int]  # load, budget, failed, nobody


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One name that clients ask for."""

    name: str
    measured: bool
    margin: float
    judged: bool  # whether a judge is declared
    escalated: int  # answers that did not hold and were asked anew, since this process began
    shadow: Shadow
    curve: Curve
    classes: tuple[Class, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    half_life_days: float
    currency: str
    models: tuple[Model, ...]
