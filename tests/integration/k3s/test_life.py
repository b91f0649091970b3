"""The life of a cluster after its birth: a node dies, is replaced, is taken out; all of it leaves.

On a twin: real SSH and systemd, each step by `apply`. K3s is the fake.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from integration.k3s.life import FIRST, PATCH, Twin, twin
from rackhouse.twin import disk
from rackhouse.twin.home import Home
from rackhouse.twin.state import load

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
ALL = ("pi-1", "pi-4", "pi-5")
ETCD = "      datastore: etcd\n"  # a node of a twin has no sqlite3 for Python


def test_agents_die_are_replaced_and_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = {"pi-1": "server", "pi-4": "agent", "pi-5": "agent"}
    with twin(tmp_path, roles, monkeypatch, ETCD) as rack:
        rack.apply()
        assert rack.nodes("pi-1") == dict.fromkeys(roles, f"Ready {FIRST}")
        assert "nothing to do" in rack.plan()
        _a_dead_agent_holds_up_nobody(rack)
        _a_machine_that_comes_back_empty_replaces_itself(rack)
        _it_is_looked_after(rack)
        _an_agent_is_taken_out(rack)


def test_servers_leave_while_the_others_have_a_majority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two, neither could be taken out once it is down."""
    roles = dict.fromkeys(("pi-1", "pi-2", "pi-3"), "server")
    with twin(tmp_path, roles, monkeypatch) as rack:
        rack.apply()
        rack.write(("pi-1",), more=ETCD)
        rack.apply()
        assert rack.nodes("pi-1") == {"pi-1": f"Ready {FIRST}"}
        assert _traces(rack, "pi-2", "k3s") == _traces(rack, "pi-3", "k3s") == ""
        assert "nothing to do" in rack.plan()
        _all_of_it_leaves(rack)


def _a_dead_agent_holds_up_nobody(rack: Twin) -> None:
    rack.rack.run("twin", "lose", "pi-4")
    rack.write(ALL, PATCH, ETCD)
    assert "? host.pi-4" in rack.apply(code=1)
    assert rack.nodes("pi-1") == {
        name: "NotReady " + FIRST if name == "pi-4" else "Ready " + PATCH for name in ALL
    }


def _a_machine_that_comes_back_empty_replaces_itself(rack: Twin) -> None:
    home = Home(rack.rack.home)
    folder = home.node("pi-4")
    shutil.rmtree(folder)
    key = home.key.with_name(f"{home.key.name}.pub").read_text().strip()
    disk.prepare(folder, load(home).rootfs, "pi-4", key)
    rack.rack.run("twin", "start", "pi-4")
    rack.inner.run("hosts", "forget", "pi-4")
    assert "~ k3s.home/agent/pi-4: changed in the files" in rack.plan(code=2)
    rack.apply()
    assert rack.nodes("pi-1") == dict.fromkeys(ALL, f"Ready {PATCH}")
    assert "nothing to do" in rack.plan()


def _it_is_looked_after(rack: Twin) -> None:
    cluster = rack.inner.run
    file = Path(cluster("cluster", "kubeconfig").stdout.strip())
    assert "server: https://10.20.20.11:6443" in file.read_text()
    assert cluster("cluster", "kubeconfig").stderr.startswith("it is still good: its certificate")
    assert "drained" in cluster("cluster", "drain", "pi-5").stdout
    found = {
        each["name"]: each for each in json.loads(cluster("cluster", "nodes", "--json").stdout)
    }
    assert [found[name]["cordoned"] for name in ALL] == [False, False, True]
    assert found["pi-1"] == {
        "name": "pi-1",
        "role": "server",
        "version": PATCH,
        "ready": True,
        "cordoned": False,
        "joined": True,
    }
    assert cluster("cluster", "uncordon", "pi-5").stdout == "node/pi-5 uncordoned\n"
    assert "pi-1: Snapshot /var/lib/rancher/k3s/server/db/snapshots/moving-pi-1" in (
        cluster("cluster", "snapshot", "moving").stdout
    )
    said = cluster("cluster", "rotate").stdout
    assert said.index("pi-1: stopping") < said.index("pi-4: stopping") < said.index("pi-5: stop")
    assert {rack.on(name, "cat", "/var/lib/rancher/k3s/certificates") for name in ALL} == {"1"}
    assert "nothing to do" in rack.plan()


def _an_agent_is_taken_out(rack: Twin) -> None:
    shim = "/var/lib/rancher/k3s/data/x/bin/containerd-shim-runc-v2"
    rack.on("pi-5", "mkdir", "-p", str(Path(shim).parent), "/run/k3s/pod", "/run/k3s/other")
    rack.on(
        "pi-5", "sh", "-c", f"cp /bin/sh {shim}; setsid {shim} -c 'sleep 777; :' > /dev/null 2>&1 &"
    )
    rack.on("pi-5", "mount", "-t", "tmpfs", "pod", "/run/k3s/pod")
    rules = "-A FORWARD -j KUBE-FORWARD\\n-A INPUT -j MINE\\n:KUBE-FORWARD - [0:0]\\n"
    for name, text in (
        ("save", f"printf -- '{rules}'"),
        ("restore", "cat > /root/restored"),
    ):
        tool = f"/usr/local/sbin/iptables-{name}"
        rack.on("pi-5", "sh", "-c", f'printf "#!/bin/sh\\n%s\\n" "$1" > {tool}', "sh", text)
        rack.on("pi-5", "chmod", "755", tool)
    volume = "/var/lib/rancher/k3s/storage/pvc-1"
    rack.on("pi-5", "sh", "-c", f"mkdir -p {volume}; echo precious > {volume}/data")
    left = ALL[:-1]
    rack.write(left, PATCH, ETCD)
    said = rack.apply()
    order = ("host.pi-5/farewell/k3s-agent-departs", "host.pi-5/unit/", "k3s.home/agent/pi-5")
    assert sorted(order, key=said.index) == list(order)
    assert rack.nodes("pi-1") == dict.fromkeys(left, f"Ready {PATCH}")
    assert _traces(rack, "pi-5", "k3s-agent") == ""
    assert rack.on("pi-5", "sh", "-c", "cat /var/lib/rackhouse/k3s/storage-*/pvc-1/data") == (
        "precious"
    )
    assert rack.on("pi-5", "cat", "/root/restored") == "-A INPUT -j MINE"
    assert "nothing to do" in rack.plan()


def _all_of_it_leaves(rack: Twin) -> None:
    rack.write(())
    rack.apply()
    assert _traces(rack, "pi-1", "k3s") == ""
    kept = rack.on("pi-1", "sh", "-c", "ls -d /var/lib/rackhouse/k3s/server-*/db/etcd")
    assert kept.count("\n") == 0
    assert "nothing to do" in rack.plan()


def _traces(rack: Twin, node: str, service: str) -> str:
    """What K3s, or we, have left on a machine."""
    places = "/var/lib/rancher /etc/rancher /var/lib/kubelet /run/k3s /usr/local/lib/rackhouse"
    look = (
        f"ls -d {places} /etc/systemd/system/{service}.service /usr/local/bin/k3s 2> /dev/null;"
        " grep -l containerd-shim /proc/[0-9]*/comm; grep /run/k3s /proc/mounts; true"
    )
    return rack.on(node, "sh", "-c", look)
