"""K3s itself, where RACKHOUSE_K3S names its program: it begins, is joined, is left and leaves.

All else here is tried with the fake. On a twin, so root is needed, and what K3s wants of a kernel.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from integration.k3s.life import Twin, twin

REAL = os.environ.get("RACKHOUSE_K3S", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("twin"),
    pytest.mark.skipif(not REAL, reason="no K3s here: name its program in RACKHOUSE_K3S"),
]
ROLES = {"pi-1": "server", "pi-2": "agent"}


def test_it_behaves_as_the_fake_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.run([REAL, "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"v1\.\S+", said)
    assert match, said
    version = match[0]
    with twin(tmp_path, ROLES, monkeypatch) as rack:
        rack.real = Path(REAL)
        rack.write(list(ROLES), version)
        rack.apply()
        assert set(rack.on("pi-1", "k3s", "kubectl", "get", "nodes", "-o", "name").split()) == {
            "node/pi-1",
            "node/pi-2",
        }
        assert "nothing to do" in rack.plan()
        assert rack.inner.run("cluster", "nodes").stdout.count(" Ready ") == len(ROLES)
        assert rack.inner.run("cluster", "kubeconfig").stdout
        rack.write(["pi-1"], version)
        rack.apply()
        _until_alone(rack)
        rack.write([], version)
        rack.apply()
        assert rack.on("pi-1", "sh", "-c", "ls -d /var/lib/rancher /etc/rancher || true") == ""


def _until_alone(rack: Twin) -> None:
    end = time.monotonic() + 60
    while rack.on("pi-1", "k3s", "kubectl", "get", "nodes", "-o", "name") != "node/pi-1":
        assert time.monotonic() < end
        time.sleep(1)
