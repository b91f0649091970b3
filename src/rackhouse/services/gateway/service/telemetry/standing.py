"""How upstreams are, as gauges: asked when metrics are told, and at no other time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rackhouse.services.gateway.model.health import Health, Standing
from rackhouse.services.gateway.service.seams import Router
from rackhouse.services.gateway.service.telemetry.metrics import Gauge

_UP = (Standing.WELL, Standing.TRIAL)


def gauges(router: Router) -> Callable[[], Iterator[Gauge]]:
    """Of every upstream that it knows."""

    def told() -> Iterator[Gauge]:
        for health in router.health():
            yield from _of(health)

    return told


def _of(health: Health) -> Iterator[Gauge]:
    labels = {"upstream": health.upstream}
    up = float(health.standing in _UP)
    yield Gauge("upstream_up", "Whether it is asked just now.", up, labels)
    for each in Standing:
        value = float(health.standing is each)
        by = {**labels, "standing": each.value}
        yield Gauge("upstream_standing", "1 for how it is, its circuit breaker too.", value, by)
    yield Gauge("upstream_active", "Requests that it is answering.", health.active, labels)
    yield Gauge("upstream_waiting", "Requests that wait for a turn.", health.waiting, labels)
    loaded = float(health.loaded)
    yield Gauge("upstream_loaded", "Whether its model lies in memory.", loaded, labels)
