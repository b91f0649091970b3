"""Previews on a cluster in memory: opened, released, gone; within what was granted, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rackhouse.delivery.onrack.previews import all_previews, open_preview, shown, sweep
from rackhouse.delivery.onrack.release import Door, release
from unit.delivery.onrack.place import HELLO, House, coming, house, image, released
from unit.targets.kube.place import PATIENT, Lab

pytestmark = pytest.mark.slow
NOW = datetime.fromtimestamp(1000.0, UTC)


def door(made: House, name: str) -> Door:
    lab = Lab(made.lab.cluster, rack="lab.previews", pace=PATIENT)
    return Door(application=name, server=lab.way, opens=lambda _: lab.target)


async def test_a_branch_is_shown_beside_the_live_one_and_leaves_when_its_time_is_over() -> None:
    async with house(released(HELLO, 1)) as made:
        way, say = made.lab.way, made.heard.append
        seen = await open_preview(way, coming(), "try", say, PATIENT)
        assert (seen.name, seen.of) == ("try--hello", "hello")
        assert seen.until == NOW + timedelta(days=7)
        new = coming(number=9)
        app = shown(new.app, first=True)
        done = await release(door(made, seen.name), replace(new, app=app), say)
        assert (done.number, done.app.name) == (1, "try--hello")
        pods = (await made.get("/api/v1/namespaces/try--hello/pods"))["items"]
        assert [it["spec"]["containers"][0]["image"] for it in pods] == [image(9)]
        assert await made.serving() == image(1)
        assert await all_previews(way) == [seen]
        assert await sweep(way, NOW + timedelta(days=7), say) == []
        assert await sweep(way, NOW + timedelta(days=7, seconds=1), say) == ["try--hello"]
        assert await all_previews(way) == []
        assert await made.serving() == image(1)
