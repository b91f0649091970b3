"""Whoever releases writes records and takes turns, which a person then reads in a terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rackhouse.app.codec import encode
from rackhouse.delivery.onrack.records import Owner, Records
from rackhouse.delivery.onrack.turn import turn
from rackhouse.kit.errors import Locked, Refused
from rackhouse.twin.kube.hand import create
from unit.delivery.broker.place import Place
from unit.delivery.onrack.place import HELLO, released

FORGED = "\x1b]52;c;cm0gLXJm\a\r\x1b[2Kthe owner\n\u202e" + "x" * 5000


def written(name: str, **data: Any) -> Place:
    """A cluster on which somebody made that ConfigMap beside the application."""
    place = Place()
    labels = {"rackhouse.dev/record": "release"}
    metadata = {"name": name, "namespace": "hello", "labels": labels}
    create(place.cluster, "configmaps", {"metadata": metadata, "data": data})
    return place


async def test_nothing_of_a_record_is_obeyed_by_a_terminal() -> None:
    app = released(HELLO, 1)
    assert app.release is not None
    text = encode(replace(app, release=replace(app.release, commit=FORGED, digest=FORGED)))
    said = {"number": "1", "status": "failed", "made": "1.0", "by": FORGED, "why": FORGED}
    place = written("release-r1", application=text, **said)
    (record,) = await Records(place.server("root"), "hello").all()
    release = record.app.release
    assert release is not None
    for shown in (record.by, record.why, release.commit, release.digest):
        assert "the owner" in shown
        assert shown.isprintable()
        assert len(shown) <= 500


async def test_nor_of_one_that_is_none() -> None:
    said = {"number": "1", "status": "live", "made": "1.0", "by": "push"}
    place = written("release-r1", application=f'{{"name": 3, "{FORGED}": 1', **said)
    (record,) = await Records(place.server("root"), "hello").all()
    with pytest.raises(Refused, match="cannot be read") as caught:
        _ = record.app
    assert caught.value.what.isprintable()


async def test_nor_of_who_has_the_turn() -> None:
    place = written("release-turn", by=FORGED)
    with pytest.raises(Locked, match=r"is being changed, by .*the owner") as caught:
        async with turn(place.server("root"), "hello", Owner("x", "y"), "release"):
            pass
    assert caught.value.what.isprintable()
    assert len(caught.value.what) < 600
