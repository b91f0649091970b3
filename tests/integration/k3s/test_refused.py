"""What is refused before anything is touched, and what K3s's own failures are told as.

On a twin: real SSH and systemd. K3s is the fake.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.k3s.life import FIRST, TOO_FAR, Twin, twin
from rackhouse.apply.targets import opener
from rackhouse.kit.errors import NotReady
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load as load_rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.host import Unit
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.twin.home import Home
from rackhouse.twin.reach import address
from rackhouse.twin.state import load

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
ROLES = {"pi-1": "server", "pi-2": "agent", "pi-3": "agent"}


@pytest.fixture
def rack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    with twin(tmp_path, ROLES, monkeypatch) as made:
        yield made


async def test_bad_days(rack: Twin) -> None:
    _what_speaks_against_it_is_said_at_once(rack)
    _a_token_that_does_not_match_is_told_in_k3s_words(rack)
    _a_minor_that_is_skipped_is_refused(rack)
    await _what_hangs_is_given_up_with_its_last_words(rack)


def _what_speaks_against_it_is_said_at_once(rack: Twin) -> None:
    """An agent that was a server, and no way out."""
    rack.on("pi-2", "mkdir", "-p", "/var/lib/rancher/k3s/server/db/etcd")
    rack.on("pi-3", "ip", "route", "flush", "default")
    for said in (rack.plan(code=4), rack.apply(code=4)):
        assert "pi-2: it was a server" in said
        assert "pi-3: it has no default route" in said
        assert "2 things to mend before K3s; nothing was touched" in said
    assert "etcd" in rack.on("pi-2", "ls", "/var/lib/rancher/k3s/server/db")
    assert rack.on("pi-1", "ls", "/etc/systemd/system/k3s.service", code=None) == ""
    rack.on("pi-2", "rm", "-r", "/var/lib/rancher")
    rack.on("pi-3", "ip", "route", "add", "default", "via", "10.20.20.1")


def _a_token_that_does_not_match_is_told_in_k3s_words(rack: Twin) -> None:
    rack.on("pi-2", "mkdir", "-p", "/etc/systemd/system/k3s-agent.service.d")
    drop = "[Service]\\nEnvironment=K3S_CONFIG_FILE=/root/config.yaml\\n"
    place = "/etc/systemd/system/k3s-agent.service.d/by-hand.conf"
    rack.on("pi-2", "sh", "-c", f"printf '{drop}' > {place}")
    mine = 'server: "https://10.20.20.11:6443"\\ntoken: "another"\\nnode-name: "pi-2"\\n'
    rack.on("pi-2", "sh", "-c", f"printf '{mine}' > /root/config.yaml")
    said = rack.apply(code=7)
    assert "401 Unauthorized: token is not valid" in said
    assert "systemctl start k3s-agent.service" in said
    rack.on("pi-2", "rm", place)
    rack.apply()
    assert rack.nodes("pi-1") == dict.fromkeys(ROLES, f"Ready {FIRST}")


def _a_minor_that_is_skipped_is_refused(rack: Twin) -> None:
    rack.write(list(ROLES), TOO_FAR)
    said = rack.apply(code=4)
    assert "pi-1: from v1.33.1+k3s1 to v1.35.0+k3s1 is more than one minor" in said
    assert "go through a release of 1.34, then 1.35" in said
    findings = rack.inner.run("doctor", "pi-1", code=7).stdout
    assert "is more than one minor" in findings
    rack.write(list(ROLES), "v1.32.9+k3s1")
    said = rack.apply(code=4)
    assert all(f"{name}: it runs {FIRST}, and v1.32.9+k3s1 is older" in said for name in ROLES)
    assert rack.nodes("pi-1") == dict.fromkeys(ROLES, f"Ready {FIRST}")
    assert rack.on("pi-1", "ls", "/usr/local/lib/rackhouse/k3s").split() == [
        "farewell",
        "node",
        FIRST,
    ]
    rack.write(list(ROLES))
    assert "nothing to do" in rack.plan()


async def _what_hangs_is_given_up_with_its_last_words(rack: Twin) -> None:
    rack.on("pi-2", "systemctl", "stop", "k3s-agent")
    rack.on("pi-2", "sh", "-c", "echo slow: 900 > /etc/rancher/k3s/fake")
    home = Home(rack.rack.home)
    words = address(home, load(home), load_rack(rack.rack.file.read_text()), "pi-2")
    store = MemoryStore()
    host = opener("home", Paths(rack.folder / "paths"), store)(
        Place(name="host.pi-2", kind="host"), words
    )
    spec = Unit("k3s-agent.service", patience=2.0)
    unit = Resource(id=Id("host.pi-2", "unit", "other"), spec=spec)
    stamp = Stamp(rack="home", digest=unit.digest)
    try:
        with pytest.raises(NotReady, match=r"(?s)did not end within 2 s\n.*waits for 900 seconds"):
            await host.ensure(unit, stamp, {}, lambda _: None)
    finally:
        await host.close()
