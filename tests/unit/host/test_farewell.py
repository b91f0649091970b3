"""A command that is run when its thing leaves, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.resources.host import Farewell
from rackhouse.targets.host.agent import disk
from rackhouse.targets.host.agent.failure import Failure
from unit.host.agent import Agent


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    yield Agent(tmp_path / "root")
    disk.ROOT = ""


def test_it_is_said_once_and_by_its_last_words(agent: Agent, tmp_path: Path) -> None:
    said = tmp_path / "said"
    agent.ensure("farewell", "it", Farewell(("sh", "-c", f"echo first >> {said}")))
    agent.ensure("farewell", "it", Farewell(("sh", "-c", f"echo second >> {said}")))
    assert not said.exists()
    agent.remove("farewell", "it")
    agent.remove("farewell", "it")
    assert said.read_text() == "second\n"


def test_what_is_refused_at_the_end_stays(agent: Agent, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    agent.ensure("farewell", "it", Farewell(("sh", "-c", f"echo not yet; test -e {gone}")))
    with pytest.raises(Failure, match="exit code 1\nnot yet"):
        agent.remove("farewell", "it")
    gone.touch()
    agent.remove("farewell", "it")
    assert agent.seen() == []
