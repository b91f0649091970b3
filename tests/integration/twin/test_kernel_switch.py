"""The kernel's own bridge as the twin's switch, and netem: in QEMU, where the kernel has them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from integration.twin import other_kernel
from integration.twin.conftest import FOUND

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
KERNEL = other_kernel.kernel()  # here, before a test's clean environment forgets RACKHOUSE_KERNEL
_FLAGS = ["PVID", "Egress Untagged"]


@pytest.mark.timeout(580)
def test_a_kernel_that_filters_vlans_is_the_switch(tmp_path: Path) -> None:
    if KERNEL is None or FOUND is None or os.geteuid() != 0:
        pytest.skip(other_kernel.MISSING)
    program = "/host/tests/integration/twin/on_other_kernel.py"
    console = other_kernel.run(KERNEL, FOUND, tmp_path, program, timeout=560)
    assert "ended: 0" in console, console[-4000:]
    said = json.loads(console.split("said: ", 1)[1].splitlines()[0])

    assert said["switch"] == "kernel"
    assert not any("delay" in each or "switch" in each for each in said["untested"])
    assert said["right"] == said["mended"]
    assert (said["right"]["wrong"], said["right"]["findings"]) == (0, [])
    assert said["right"]["tried"] > 30
    assert {row["ifname"]: row["vlans"] for row in said["vlans"]} == {
        "lan1": [{"vlan": 20, "flags": _FLAGS}],
        "lan2": [{"vlan": 20, "flags": _FLAGS}],
        "lan3": [{"vlan": 40, "flags": _FLAGS}],
        "lan4": [{"vlan": 20}, {"vlan": 40}],
    }
    (port,) = said["wrong port"]["findings"]
    assert "port 2 is in VLAN 40 (desks), and should be in VLAN 20 (cluster)" in port
    (trunk,) = said["wrong trunk"]["findings"]
    assert trunk.startswith("VLAN 20 (cluster) is cut off from the others: port 4 does not carry")

    assert said["degraded"] == ["lan2"]
    assert said["delayed ping"] > said["ping"] + 24
    assert said["mended ping"] < 24
    assert (said["down"], said["left"]) == (True, [])
