"""Bad days of an apply over machines: what a person is told, what goes on, and the next apply.

By the command line, on a twin whose nodes systemd booted, with the fake of K3s. Each test finds the
rack whole and leaves it so.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import eventually
from e2e.rehearsing import FIRST, PATIENCE, Rehearsal, drafts, rehearsing
from rackhouse.twin.namespaces import pids

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin"), pytest.mark.timeout(1200)]

RUNNING = frozenset({"running"})
AGENT = "host.pi-2/unit/k3s-agent"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("rack")
    with rehearsing(folder, "server", "agent", desk=True) as rack:
        rack.up()
        yield rack


@pytest.fixture
def rack(shared: Rehearsal) -> Rehearsal:
    shared.apply()
    return shared


def _change(rack: Rehearsal, slow: int) -> None:
    """From now on pi-2 is to have other settings, and the fake takes so long to start there."""
    other = "ssd" if "nvme" in rack.file.read_text().splitlines()[4] else "nvme"
    rack.write(disk=other)
    rack.on("pi-2", "sh", "-c", f"echo slow: {slow} > /etc/rancher/k3s/fake")


def _wait_for_its_restart(rack: Rehearsal) -> None:
    """Until pi-2 is in the midst of it, and has said so."""
    show = ("systemctl", "show", "-P", "ActiveState", "k3s-agent")
    eventually(lambda: rack.on("pi-2", *show) == "activating")


def _is_whole(rack: Rehearsal) -> None:
    rack.on("pi-2", "rm", "-f", "/etc/rancher/k3s/fake")
    rack.apply()
    assert rack.plan() == ([], [])
    assert drafts(rack) == []


def _by_hand(rack: Rehearsal, *nodes: str) -> list[str]:
    """Somebody changes something that nobody waits for; the ids of what he changed."""
    for node in nodes:
        rack.on(node, "sh", "-c", "echo '# by hand' >> /etc/hostname")
    return [f"host.{node}/hostname/self" for node in nodes]


def test_another_host_key_is_told_with_both_and_stops_no_other_machine(rack: Rehearsal) -> None:
    key = "/etc/ssh/ssh_host_ed25519_key"
    mine, _ = _by_hand(rack, "pi-2", "desk")
    rack.on("desk", "sh", "-c", f"mv {key} /root/old; ssh-keygen -qt ed25519 -N '' -f {key}")
    rack.on("desk", "systemctl", "restart", "ssh")
    try:
        steps, (note,) = rack.plan()
        assert steps == [mine]
        assert "the host key of pi@10.20.20.40 has changed" in note
        assert note.count("SHA256:") == 2
        said = rack.apply(code=1).stderr
        assert "host.desk: the host key of pi@10.20.20.40 has changed" in said
        assert rack.plan()[0] == []
    finally:
        rack.on("desk", "sh", "-c", f"mv /root/old {key}; systemctl restart ssh")
    _is_whole(rack)


def test_a_machine_that_says_nothing_is_given_up_and_the_others_are_not(rack: Rehearsal) -> None:
    mine, _ = _by_hand(rack, "pi-2", "desk")
    _signal(rack, "desk", "sshd", signal.SIGSTOP)
    try:
        said = rack.apply(code=1)
        assert mine in said.stdout
        assert "? host.desk: cannot reach 10.20.20.40 port 22: no answer within 10 s" in said.stderr
    finally:
        _signal(rack, "desk", "sshd", signal.SIGCONT)
    _is_whole(rack)


def test_a_machine_whose_power_is_cut_in_mid_step(rack: Rehearsal) -> None:
    _change(rack, slow=20)
    with rack.begun({AGENT: RUNNING}) as command:
        _wait_for_its_restart(rack)
        rack.lose("pi-2")
        try:
            _, said = command.communicate(timeout=PATIENCE)
        finally:
            rack.start("pi-2")
    assert command.returncode == 8, said
    assert f"{AGENT}: lost in mid-step" in said
    assert "fix: apply again" in said
    _is_whole(rack)


def test_an_agent_that_is_killed_in_mid_step(rack: Rehearsal) -> None:
    _change(rack, slow=10)
    with rack.begun({AGENT: RUNNING}) as command:
        _wait_for_its_restart(rack)
        rack.kill_agents("pi-2")
        _, said = command.communicate(timeout=PATIENCE)
    assert command.returncode == 8, said
    assert f"{AGENT}: lost in mid-step" in said
    _is_whole(rack)


def test_a_cable_that_is_pulled_for_a_moment_costs_nothing(rack: Rehearsal) -> None:
    _change(rack, slow=6)
    with rack.begun({AGENT: RUNNING}) as command:
        rack.run("twin", "cut", "pi-2")
        rack.run("twin", "mend", "pi-2")
        _, said = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, said
    _is_whole(rack)


def test_two_at_once_are_one_too_many(rack: Rehearsal) -> None:
    _change(rack, slow=1)
    with rack.begun({AGENT: RUNNING}) as command:
        os.killpg(command.pid, signal.SIGSTOP)  # for as long as the other takes to be refused
        said = rack.apply(code=4).stderr
        assert "apply --only twin" in said
        os.killpg(command.pid, signal.SIGCONT)
        out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, out + err
    _is_whole(rack)


def test_ctrl_c_says_so_and_leaves_nothing_half(rack: Rehearsal) -> None:
    _change(rack, slow=6)
    with rack.begun({AGENT: RUNNING}) as command:
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does
        out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 130, out + err
    assert "Traceback" not in err
    assert f"{AGENT}" in out + err
    assert "interrupted" in out + err
    _is_whole(rack)


def test_a_full_disk_is_named_and_stops_no_other_machine(rack: Rehearsal) -> None:
    folder = "/var/lib/rackhouse/incoming"
    program = f"/usr/local/lib/rackhouse/k3s/{FIRST}/k3s"
    (other,) = _by_hand(rack, "pi-1")
    rack.on("pi-2", "sh", "-c", f"rm {program}; mount -t tmpfs -o size=8k full {folder}")
    try:
        said = rack.apply(code=7).stderr
        assert f"host.pi-2/download/k3s@{FIRST}: " in said
        assert "no space left on device" in said
        assert "free some space on that machine" in said
        left, _ = rack.plan()
        assert other not in left
        assert {id.split("/")[0] for id in left} == {"host.pi-2"}
    finally:
        rack.on("pi-2", "umount", folder)
    _is_whole(rack)


def test_an_apply_does_what_the_file_said_when_it_began(rack: Rehearsal) -> None:
    old = rack.file.read_text()
    _change(rack, slow=4)
    with rack.begun({AGENT: RUNNING}) as command:
        rack.file.write_text(old)
        out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, out + err
    assert AGENT in rack.plan()[0]
    _is_whole(rack)


def _signal(rack: Rehearsal, node: str, program: str, how: signal.Signals) -> None:
    name = rack.twin.namespace(node)
    for pid in pids([name])[name]:
        if Path(f"/proc/{pid}/comm").read_text().strip() == program:
            os.kill(pid, how)
