"""`/admin/health`: the upstreams as they are now, what they answer for, and how fast they were."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Sequence
from statistics import median
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api.admin.asked import told
from rackhouse.services.gateway.model.config import Config, Named, Upstream
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.health import Health, Standing
from rackhouse.services.gateway.service.telemetry.journal import Telemetry

_RECENT = 900.0  # seconds that speeds are told of
_LINES = 500


class Upstreams:
    """Of one gateway. `healths` are as the replica that is asked sees them."""

    def __init__(
        self, config: Config, telemetry: Telemetry, healths: Callable[[], Sequence[Health]]
    ) -> None:
        self._config = config
        self._telemetry = telemetry
        self._healths = healths

    async def health(self, _: Request) -> Response:
        """Every upstream and every model's name, and how many were not let in by this replica."""
        await self._telemetry.freshen()
        since = time.time() - _RECENT
        newest = await self._telemetry.archive.newest(_LINES)
        recent = [line for line in newest if line.at >= since]
        healths = {each.upstream: each for each in self._healths()}
        upstreams = [
            _upstream(each, healths.get(each.name), recent) for each in self._config.upstreams
        ]
        able = {each.name for each in self._config.upstreams if "chat" in each.abilities}
        models = [_model(each, able) for each in self._config.models]
        return told(
            {
                "rack": self._config.rack,
                "currency": self._config.currency,
                "upstreams": upstreams,
                "models": models,
                "turned_away": self._telemetry.metrics.turned_away,
            }
        )


def _model(named: Named, chatting: Container[str]) -> dict[str, Any]:
    """A name, who may answer, best first, and whether one may chat with any of them."""
    ranked = sorted(named.candidates, key=lambda candidate: candidate.rank)
    names = [each.upstream for each in ranked]
    return {"name": named.name, "upstreams": names, "chats": any(map(chatting.__contains__, names))}


def _upstream(upstream: Upstream, health: Health | None, lines: Sequence[Entry]) -> dict[str, Any]:
    """What people may know of it: never its key, nor an address with one in it."""
    health = health or Health(upstream=upstream.name, standing=Standing.WELL)
    its = [line for line in lines if line.upstream == upstream.name and not line.again]
    return {
        "name": upstream.name,
        "kind": upstream.kind,
        "model": upstream.model,
        "local": upstream.local,
        "node": upstream.node,
        "slots": upstream.slots,
        "priced": bool(upstream.prices),
        **msgspec.to_builtins(health),
        "recent": len(its),
        "tokens_per_second": _middle([_pace(line) for line in its]),
        "time_to_first_token": _middle([line.first for line in its if line.stream]),
    }


def _pace(line: Entry) -> float:
    seconds = line.seconds - (line.first if line.stream else 0.0)
    return line.output / seconds if line.output and seconds > 0 else 0.0


def _middle(values: list[float]) -> float:
    """The median of what is known; 0 where nothing is."""
    known = [value for value in values if value > 0]
    return round(median(known), 3) if known else 0.0
