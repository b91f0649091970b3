"""A machine is lost for good, and another takes its place: a server, and the one that began it all.

By the command line, on a twin whose nodes systemd booted, with the fake of K3s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.rehearsing import FIRST, Rehearsal, absences, drafts, rehearsing

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin"), pytest.mark.timeout(1200)]


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, "server", "server", "server") as rack:
        rack.up()
        rack.apply()
        yield rack


def test_a_server_is_replaced_and_so_is_the_first(rack: Rehearsal) -> None:
    rack.lose("pi-3")
    assert "? host.pi-3" in rack.run("plan", "--only", "twin", code=2).stdout
    rack.write(disk="ssd")  # pi-2 is to be restarted
    said = rack.apply(code=7).stderr
    assert "not ready: pi-3. With pi-2 away too the cluster would lose its majority" in said
    assert not absences(rack, "pi-1")
    assert not absences(rack, "pi-2")

    rack.renew("pi-3")
    _, (note,) = rack.plan()
    assert "host.pi-3: the host key of pi@10.20.20.13 has changed" in note
    assert "if that machine was set up anew: rackhouse hosts" in note
    rack.forget("pi-3")
    rack.apply()
    _is_whole(rack)

    rack.renew("pi-1")
    rack.forget("pi-1")
    said = rack.apply(code=4).stderr
    assert "write pi-2 first in clusters.home.nodes" in said
    assert _has_nothing(rack, "pi-1")
    rack.write(names=("pi-2", "pi-1", "pi-3"), disk="ssd")
    rack.apply()
    _is_whole(rack)


def _has_nothing(rack: Rehearsal, node: str) -> bool:
    return not (rack.disk(node) / "var" / "lib" / "rackhouse").exists()


def _is_whole(rack: Rehearsal) -> None:
    assert rack.plan() == ([], [])
    assert drafts(rack) == []
    for node in rack.names:  # there is one cluster, and each is in it
        assert rack.nodes(node) == dict.fromkeys(rack.names, ("Ready", FIRST))
