"""systemd-networkd as switch and as router, with real 802.1Q: in QEMU, whose kernel has it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from integration.twin import other_kernel
from integration.twin.conftest import FOUND

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
KERNEL = other_kernel.kernel()  # here, before a test's clean environment forgets RACKHOUSE_KERNEL
_UNTAGGED = ["PVID", "Egress Untagged"]


@pytest.mark.timeout(580)
def test_packets_go_where_its_files_say(tmp_path: Path) -> None:
    if KERNEL is None or FOUND is None or os.geteuid() != 0:
        pytest.skip(other_kernel.MISSING)
    program = "/host/tests/integration/twin/linux_fabric.py"
    console = other_kernel.run(KERNEL, FOUND, tmp_path, program, timeout=560)
    assert "ended: 0" in console, console[-4000:]
    said = json.loads(console.split("said: ", 1)[1].splitlines()[0])
    rows = {row["ifname"]: row["vlans"] for row in said["bridge"]}
    assert rows == {
        "lan1": [{"vlan": 20, "flags": _UNTAGGED}],
        "lan2": [{"vlan": 20, "flags": _UNTAGGED}],
        "lan3": [{"vlan": 40, "flags": _UNTAGGED}],
        "lan4": [{"vlan": 20}, {"vlan": 40}],
        "switch0": [{"vlan": 40, "flags": _UNTAGGED}],
    }
    held = {row["ifname"]: row["addr_info"][0]["local"] for row in said["router"]}
    assert (held["vlan20"], held["vlan40"]) == ("10.20.20.1", "10.20.40.1")
    for each in ("own VLAN", "routed", "managed", "apart", "together"):
        assert said[each], each
