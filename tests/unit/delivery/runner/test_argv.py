"""Which actions act is told to use: ours, or those of the Internet."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.delivery.runner import act
from rackhouse.delivery.runner.checkout import Checkout
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.servers import OwnServers
from rackhouse.delivery.runs.log import RunLog

TEXT = "on: push\njobs: {a: {runs-on: linux, steps: [{uses: actions/setup-python@v5}]}}\n"


@pytest.mark.parametrize(("real", "ours"), [(False, 1), (True, 0)])
def test_real_actions_are_fetched_where_they_are_wanted(
    real: bool, ours: int, tmp_path: Path
) -> None:
    checkout = Checkout(
        folder=tmp_path,
        repository="hello",
        ref="refs/heads/main",
        sha="a" * 40,
        before="",
        who="ada",
        default_branch="main",
        real_actions=real,
    )
    log = RunLog(tmp_path)
    work = act._Work(
        checkout=checkout,
        number=1,
        folder=tmp_path,
        caches=tmp_path,
        secrets={},
        hide=(),
        services=OwnServers((), Limits()),
        limits=Limits(),
        log=log,
        mask=str,
    )
    argv = act._argv(work, tmp_path, [TEXT], in_turn=False)
    log.close()
    assert sum("actions/setup-python@v5=" in word for word in argv) == ours
