"""Killed at any request or step, the next look goes on: nothing twice, nothing forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from fakes.gitea.gitea import Fake
from rackhouse.targets.memory import Killed
from unit.delivery.following.lab import MORE, RACK, Lab
from unit.delivery.house import run_until

pytestmark = pytest.mark.slow


class Cutting(Fake):
    """Whoever asks for anything to be changed is killed: `heard` says whether it was heard."""

    cuts, heard, left = False, True, 0

    async def answer(self, request: Request) -> Response:
        if not self.cuts or request.method == "GET":
            return await super().answer(request)
        self.left -= 1
        if self.left >= 0:
            return await super().answer(request)
        if self.heard:
            await super().answer(request)
        raise Killed


def run(command: Coroutine[Any, Any, Any]) -> bool:
    """Whether it came to its end."""
    try:
        with asyncio.Runner() as runner:
            # A task that was killed is no news to anybody.
            runner.get_loop().set_exception_handler(lambda _loop, _context: None)
            runner.run(command)
    except Killed:
        return False
    return True


def proposed(folder: Path, fake: Fake) -> tuple[Lab, int]:
    """A rack that is what was merged, and a pull request that nobody has looked at."""
    lab = Lab(folder, fake=fake)
    run(lab.begin())
    fake.history.commit("main", {"rack.yaml": RACK})
    run(lab.look())
    fake.history.commit("more", {"rack.yaml": MORE})
    return lab, fake.history.pull("more")


def settled(lab: Lab) -> bool:
    return asyncio.run(lab.undone()) == []


@pytest.mark.parametrize("heard", [True, False])
def test_killed_at_every_request(tmp_path: Path, heard: bool) -> None:
    fake = Cutting(user="rackhouse")
    lab, number = proposed(tmp_path, fake)
    fake.heard, fake.cuts = heard, True
    assert _by_one_request_more_each_time(lab, fake) >= 1
    assert len(fake.history.said(number)) == 1
    sha = fake.history.merge(number)
    assert _by_one_request_more_each_time(lab, fake) >= 1
    assert fake.history.state(sha, "rackhouse/apply") == "success"
    assert settled(lab)
    assert lab.said.count(f"{sha[:7]} is applied") == 1


def _by_one_request_more_each_time(lab: Lab, fake: Cutting) -> int:
    for allowed in range(20):
        fake.left = allowed
        if run(lab.look()):
            return allowed
    raise AssertionError("it does not come to its end")


def test_killed_again_and_again_in_an_apply(tmp_path: Path) -> None:
    fake = Fake(user="rackhouse")
    lab, number = proposed(tmp_path, fake)
    run(lab.look())
    sha = fake.history.merge(number)
    kills = 0
    while run_until(lab.things, 8 + kills * 12, lab.look()):
        kills += 1
    assert kills > 2
    assert fake.history.state(sha, "rackhouse/apply") == "success"
    assert settled(lab)
