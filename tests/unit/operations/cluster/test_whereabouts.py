"""On which cluster an application is: what an apply has noted, and what files say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk
from rackhouse.apply.clusters import join
from rackhouse.apply.moved import note
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing
from rackhouse.operations.cluster.whereabouts import cluster_of, way_to, whereabouts
from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Stamp

RACK = """
rack: home
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
  left: {repository: left, cluster: lab}
  new: {repository: new, cluster: lab}
"""


@pytest.fixture
def house(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[OpenRack]:
    """hello has a release and is nowhere yet; left is on this machine."""
    at = Desk(tmp_path, capfd)
    at.writes(RACK)
    for name in ("hello", "left", "try--left"):
        at.release(name)
    with at.house() as made:
        here = Id("machine", "source", "left@r1")
        made.store.put_stamp(here, Stamp(rack="home", digest="d", owner="left"))
        yield made


def joins(house: OpenRack) -> None:
    vault = house.open_place(Place(name="clusters", kind="vault"), {})
    asyncio.run(join(house.store, vault, "home", "lab", Hidden("a kubeconfig"), uid="u"))


def test_what_is_there_or_was_brought_half_way_is_there(house: OpenRack) -> None:
    assert whereabouts(house) == {}
    joins(house)
    assert whereabouts(house) == {"hello": "lab"}, "left is still here, new has no release"
    note(house.store, {"left": "lab"})
    assert whereabouts(house) == {"hello": "lab", "left": "lab"}


def test_a_preview_is_where_its_application_is_unless_it_is_here(house: OpenRack) -> None:
    note(house.store, {"left": "lab"})
    names = ("left", "fix--left", "try--left", "fix--hello", "other")
    assert [cluster_of(house, it) for it in names] == ["lab", "lab", "", "", ""]


def test_a_cluster_that_was_forgotten_has_no_way(house: OpenRack) -> None:
    with pytest.raises(Missing, match="lab has not joined, or was forgotten"):
        way_to(house, "lab")
