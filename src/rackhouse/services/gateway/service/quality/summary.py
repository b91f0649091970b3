"""The report on quality, put together from the evidence. Asks nobody and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rackhouse.services.gateway.model.config import Named, Upstream
from rackhouse.services.gateway.model.quality import (
    Class,
    Curve,
    Measure,
    Model,
    Point,
    Report,
)
from rackhouse.services.gateway.model.quality import Shadow as Shadowed
from rackhouse.services.gateway.model.seen import Answers, Compared
from rackhouse.services.gateway.service.quality.estimate import HALF_LIFE, rate
from rackhouse.services.gateway.service.quality.evidence import Evidence
from rackhouse.services.gateway.service.quality.order import arranged
from rackhouse.services.gateway.service.quality.shadow import WHY, Shadow
from rackhouse.services.gateway.service.telemetry.metrics import Gauge


def report(evidence: Evidence, shadow: Shadow, escalated: Counter[str]) -> Report:
    """Every name of the file."""
    return Report(
        half_life_days=HALF_LIFE,
        currency=evidence.config.currency,
        models=tuple(
            _model(each, evidence, shadow, escalated[each.name]) for each in evidence.config.models
        ),
    )


def gauges(names: Iterable[str], shadow: Shadow, escalated: Counter[str]) -> Iterator[Gauge]:
    """What was asked besides. From zero on: a counter that comes up late hides its first step."""
    for name in names:
        told = {"model": name}
        about = "Answers that did not hold, and were asked of the next one."
        yield Gauge("escalations_total", about, escalated[name], told)
        about = "Requests that were to be compared."
        yield Gauge("shadow_drawn_total", about, shadow.drawn[name], told)
        about = "Those of them that were not, and why."
        for why in WHY:
            value = shadow.dropped[name, why]
            yield Gauge("shadow_dropped_total", about, value, {**told, "why": why})


def curve(compared: Iterable[Compared]) -> Curve:
    """What each way of choosing costs and gives, over all of these."""
    total = Compared(*(sum(each) for each in zip(Compared(), *compared, strict=True)))
    if not total.n:
        return Curve(n=0.0)
    return Curve(
        n=total.n,
        local_better=total.local_better,
        outside_better=total.outside_better,
        points=(
            _point("always local", total.local_good, total.local_nanos, total.n),
            _point("always outside", total.outside_good, total.outside_nanos, total.n),
            _point("router", total.router_good, total.router_nanos, total.n),
            _point("oracle", total.oracle_good, total.oracle_nanos, total.n),
        ),
    )


def _point(policy: str, good: float, nanos: float, n: float) -> Point:
    _, mid, low, high = rate(good, n)
    return Point(policy=policy, quality=mid, low=low, high=high, nanos=nanos / n)


def _model(named: Named, evidence: Evidence, shadow: Shadow, escalated: int) -> Model:
    seen = evidence.seen()
    kinds = sorted(kind for name, kind in seen if name == named.name)
    pairs = [sums for pair, sums in evidence.pairs().items() if pair.name == named.name]
    return Model(
        name=named.name,
        measured=named.measured,
        margin=named.margin,
        judged=bool(named.judge),
        escalated=escalated,
        shadow=_shadowed(named, shadow),
        curve=curve(pairs),
        classes=tuple(_class(named, kind, seen[named.name, kind], evidence) for kind in kinds),
    )


def _shadowed(named: Named, shadow: Shadow) -> Shadowed:
    dropped = {why: n for (name, why), n in shadow.dropped.items() if name == named.name}
    drawn = shadow.drawn[named.name]
    return Shadowed(
        share=named.shadow, drawn=drawn, compared=drawn - sum(dropped.values()), dropped=dropped
    )


def _class(named: Named, kind: str, seen: Mapping[str, Answers], evidence: Evidence) -> Class:
    upstreams = list(evidence.candidates(named))
    places = evidence.places(named.name, kind)
    return Class(
        kind=kind,
        decided=bool(places),
        order=tuple(each.name for each in arranged(upstreams, places)),
        measures=tuple(_measure(e, seen[e.name]) for e in upstreams if e.name in seen),
    )


def _measure(upstream: Upstream, sums: Answers) -> Measure:
    n, mid, low, high = rate(sums.good, sums.judged)
    return Measure(
        upstream=upstream.name,
        model=upstream.model,
        local=upstream.local,
        asked=sums.asked,
        n=n,
        rate=mid,
        low=low,
        high=high,
        nanos=sums.nanos / sums.asked if sums.asked else 0.0,
    )
