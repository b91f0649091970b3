"""The first way into a machine that does not know us, as somebody at the desk goes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration.host.rig import Rig
from rackhouse.kit.errors import Refused, UsageError
from rackhouse.operations.hosts.introduce import introduce
from rackhouse.twin import connect
from rackhouse.twin.tools import inside

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

PASSWORD = "correct horse 'battery"


@pytest.fixture
def agent(rig: Rig, tmp_path: Path) -> Iterator[str]:
    """The socket of an ssh-agent that holds the key of somebody whom the machines know."""
    if shutil.which("ssh-agent") is None:
        pytest.skip("there is no ssh-agent: apt install openssh-client")
    socket = str(tmp_path / "agent")
    said = subprocess.run(["ssh-agent", "-a", socket], capture_output=True, text=True, check=True)
    pid = int(re.findall(r"SSH_AGENT_PID=(\d+)", said.stdout)[0])
    try:
        env = os.environ | {"SSH_AUTH_SOCK": socket}
        subprocess.run(["ssh-add", "-q", rig.home.key], env=env, check=True, capture_output=True)
        yield socket
    finally:
        os.kill(pid, 15)


def test_by_a_password_once_and_by_our_key_from_then_on(rig: Rig, tmp_path: Path) -> None:
    rig.on("pi-1", f'printf "%s" "pi:{PASSWORD}" | chpasswd')
    rig.on("pi-1", 'f=/home/pi/.ssh/authorized_keys; printf "%s" "$(cat $f)" > $f')  # no last \\n
    before = rig.on("pi-1", "cat /home/pi/.ssh/authorized_keys")
    add = ("hosts", "add", "pi-1", "--yes")

    stranger = rig.at_the_desk(tmp_path, *add)
    assert stranger.code == Refused.exit_code
    assert "takes neither our key nor a password" in stranger.err
    wrong = rig.at_the_desk(tmp_path, *add, "--password", says="guessed\n")
    assert (wrong.code, "does not take that password" in wrong.err) == (Refused.exit_code, True)
    nothing = rig.at_the_desk(tmp_path, *add, "--password")
    assert (nothing.code, "no password" in nothing.err) == (UsageError.exit_code, True)
    assert rig.on("pi-1", "cat /home/pi/.ssh/authorized_keys") == before

    added = rig.at_the_desk(tmp_path, *add, "--password", says=f"{PASSWORD}\n")
    assert (added.code, "pi-1 has joined as pi@10.20.20.11" in added.out) == (0, True)
    ours = rig.at_the_desk(tmp_path, "hosts", "key").out
    after = rig.on("pi-1", "cat /home/pi/.ssh/authorized_keys")
    assert after == f"{before}\n{ours}"
    assert rig.on("pi-1", "stat -c '%a %U' /home/pi/.ssh/authorized_keys") == "600 pi\n"
    assert PASSWORD not in f"{added.out}{added.err}"
    files = (file for file in tmp_path.rglob("*") if file.is_file())
    assert not [file for file in files if PASSWORD.encode() in file.read_bytes()]

    again = rig.at_the_desk(tmp_path, *add, "--password", says=f"{PASSWORD}\n")
    assert again.code == 0
    assert rig.on("pi-1", "cat /home/pi/.ssh/authorized_keys") == after
    assert rig.at_the_desk(tmp_path, "plan", "--only", "hosts").code == 2  # by the key alone


def test_by_an_agent(rig: Rig, tmp_path: Path, agent: str) -> None:
    add = ("hosts", "add", "pi-2", "--yes", "--agent")
    assert rig.at_the_desk(tmp_path, *add).code == Refused.exit_code  # nobody holds a key
    added = rig.at_the_desk(tmp_path, *add, agent=agent)
    assert (added.err.splitlines()[1:], added.code) == ([], 0)
    rows = until_answers(rig, tmp_path, "pi-2")  # without the agent
    assert (rows["pi-2"]["answers"], rows["pi-2"]["reached"]) == (True, "pi@10.20.20.12")
    assert rows["pi-3"]["reached"] == ""
    assert rows["desk"]["address"] == "10.20.40.10"


def test_a_card_that_was_seeded_lets_us_in(rig: Rig, tmp_path: Path) -> None:
    """What cloud-init does with the seed is done here: its account's keys are written."""
    (tmp_path / "card").mkdir()
    seeded = rig.at_the_desk(tmp_path, "hosts", "seed", "pi-3", "--out", str(tmp_path / "card"))
    assert seeded.code == 0
    told = (tmp_path / "card" / "user-data").read_text().removeprefix("#cloud-config\n")
    (user,) = json.loads(told)["users"]
    (key,) = user["ssh_authorized_keys"]
    rig.on("pi-3", f"echo '{key}' >> /home/{user['name']}/.ssh/authorized_keys")
    added = rig.at_the_desk(tmp_path, "hosts", "add", "pi-3", "--yes")
    assert (added.code, "pi-3 has joined as pi@10.20.20.13" in added.out) == (0, True)
    done = rig.at_the_desk(tmp_path, "doctor", "pi-3", "--json")
    found = json.loads(done.out)["pi-3"]
    assert found["facts"]["hostname"] == "pi-3"
    assert found["health"]["duplicates"] == {}


def until_answers(rig: Rig, folder: Path, node: str) -> dict[str, dict[str, Any]]:
    """`hosts list`; a few times, as two seconds are little for a busy machine."""
    rows: dict[str, dict[str, Any]] = {}
    for _ in range(5):
        listed = rig.at_the_desk(folder, "hosts", "list", "--json")
        rows = {row["node"]: row for row in json.loads(listed.out)}
        if rows[node]["answers"]:
            break
    return rows


def test_two_ways_at_once_are_refused(rig: Rig, tmp_path: Path) -> None:
    both = rig.at_the_desk(tmp_path, "hosts", "add", "pi-1", "--password", "--agent", says="x\n")
    assert both.code == UsageError.exit_code


async def test_a_machine_that_asks_in_its_own_words_is_told_too(rig: Rig) -> None:
    """PAM, as on a fresh Debian: keyboard-interactive, and no plain password."""
    rig.on("pi-2", f'printf "%s" "pi:{PASSWORD}" | chpasswd')
    how = "-o UsePAM=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=yes"
    rig.on("pi-2", f"/usr/sbin/sshd -p 2222 {how} -o PidFile=/run/other.pid")
    relay = (sys.executable, "-IS", connect.__file__, "10.20.20.12", "2222")
    beside = tuple(inside(rig.home.namespace("pi-1"), *relay))
    address = replace(rig.address("pi-2"), port=2222, proxy=beside)
    try:
        with pytest.raises(Refused, match="does not take that password"):
            await introduce(address, "ssh-ed25519 AAAA first", password="guessed")
        await introduce(address, "ssh-ed25519 AAAA second", password=PASSWORD)
    finally:
        rig.on("pi-2", "kill $(cat /run/other.pid)")
    keys = rig.on("pi-2", "cat /home/pi/.ssh/authorized_keys")
    assert keys.endswith("\nssh-ed25519 AAAA second\n")
    assert "first" not in keys
