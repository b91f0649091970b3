"""`/metrics` in Prometheus' text form, for whoever shows the rack's own key."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.service.telemetry.journal import Telemetry
from rackhouse.services.gateway.service.telemetry.metrics import Gauge

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
Source = Callable[[], Iterable[Gauge]]


class Told:
    """What was counted, and `sources` that are asked how things are now."""

    def __init__(self, telemetry: Telemetry, *sources: Source) -> None:
        self._telemetry = telemetry
        self._sources = (telemetry.gauges, *sources)

    async def metrics(self, _: Request) -> Response:
        """All of it."""
        self._telemetry.fold()
        gauges = (gauge for source in self._sources for gauge in source())
        return Response(self._telemetry.metrics.text(gauges), media_type=_TEXT)
