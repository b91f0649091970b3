"""Who follows the log gets each line once, in whatever order replicas write theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from rackhouse.services.gateway.api.admin import traffic
from rackhouse.services.gateway.api.admin.traffic import Traffic
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import Away
from rackhouse.services.gateway.service.telemetry.archive import Memory
from rackhouse.services.gateway.service.telemetry.journal import Telemetry
from rackhouse.services.gateway.service.telemetry.metrics import Metrics


class Looks(Memory):
    """What each look finds; None: it is away."""

    def __init__(self, *looks: Sequence[int] | None) -> None:
        super().__init__()
        self.looks = list(looks)

    async def after(self, number: int, count: int) -> Sequence[Entry]:
        found = self.looks.pop(0)
        if found is None:
            raise Away("away")
        return [Entry(id=str(each), at=0.0, number=each) for each in found if each > number]


async def test_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_PAUSE", 0.0)
    archive = Looks([8, 9, 10], [8, 9, 10, 12], None, [8, 9, 10, 11, 12], [11, 12, 300], [299, 300])
    telemetry = Telemetry(archive, Metrics([], "USD"), frozenset())
    found: list[str] = []
    async for event in Traffic(telemetry)._events(10):
        found += re.findall(r'"id":"(\d+)"', event.decode())
        if len(found) == 4:
            break
    assert found == ["12", "11", "300", "299"]
