"""Whoever follows the rack's repository: it goes on whatever is wrong, and says so once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.delivery.following import Follower
from rackhouse.forge.follower import desk, follow
from rackhouse.kit.errors import Locked, Missing, RackhouseError, Unavailable
from rackhouse.kit.paths import Paths


@dataclass(frozen=True, kw_only=True)
class Looking(Follower):
    """Meets these, one look after the other; None: all is well."""

    meets: list[RackhouseError | None] = field(default_factory=list)

    async def look(self) -> None:
        if error := self.meets.pop(0):
            raise error


async def told(tmp_path: Path, *meets: RackhouseError | None) -> list[str]:
    said: list[str] = []
    left = list(meets)
    it = Looking(desk=desk(Paths(tmp_path)), say=said.append, meets=left)
    await follow(it, lambda: bool(left), every=0.001)
    return said


async def test_what_is_wrong_is_said_once_and_again_when_it_comes_back(tmp_path: Path) -> None:
    away, other = Unavailable("Gitea does not answer"), Unavailable("it refuses the password")
    said = await told(tmp_path, away, away, away, other, None, away)
    assert [line.partition(": ")[2].splitlines()[0] for line in said] == [
        "Gitea does not answer",
        "it refuses the password",
        "Gitea does not answer",
    ]


async def test_a_rack_with_nothing_to_follow_is_left_in_peace(tmp_path: Path) -> None:
    assert await told(tmp_path, Missing("no cluster"), Locked("`apply` is at it"), None) == []


@pytest.mark.slow
async def test_before_every_plan_machines_and_clusters_are_asked(tmp_path: Path) -> None:
    from rackhouse.apply.open import open_rack

    file = tmp_path / "rack.yaml"
    file.write_text("rack: home\n")
    house = open_rack(file, root=tmp_path / "state", now=datetime.now(UTC))
    try:
        for acts in (False, True):
            assert await desk(Paths(tmp_path / "state")).reach(house, acts) is house
    finally:
        house.close()
