"""Each kind of thing on a real Debian with python3-minimal: made, seen, spoilt, put back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.host.machines import changed, host, make, rootfs, take, want
from rackhouse.kit.errors import HostError, Missing, NotOurs, NotReady
from rackhouse.resources.core import Ref, Text
from rackhouse.resources.host import (
    File,
    Hostname,
    KernelArguments,
    Modules,
    Mount,
    Restarted,
    Ruleset,
    Sysctl,
    Unit,
    User,
)
from rackhouse.targets.host import Host

pytestmark = pytest.mark.slow
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPzTAExsM2xrA/5VJrIJm9Fj3Yw2Wv6o3l8t7d0nQ1pX somebody"


@pytest.fixture
async def debian(tmp_path: Path) -> AsyncIterator[Host]:
    target = host(tmp_path, rootfs())
    yield target
    await target.close()


async def test_an_account_with_groups_and_keys(debian: Host, tmp_path: Path) -> None:
    await make(debian, want("user", "ada", User("ada", ("sudo", "dialout"), keys=(KEY,))))
    folder = tmp_path / "up/home/ada/.ssh"
    assert (folder / "authorized_keys").read_text() == f"{KEY}\n"
    assert folder.stat().st_mode & 0o777 == 0o700
    seen = await make(debian, want("user", "ada", User("ada", ("sudo",), "/bin/sh")))
    assert seen.ready
    assert (folder / "authorized_keys").read_text() == ""
    groups = {r.split(":")[0]: r for r in (tmp_path / "up/etc/group").read_text().splitlines()}
    assert groups["sudo"].endswith(":ada")
    assert not groups["dialout"].endswith("ada")
    await take(debian, seen)
    assert "ada:" not in (tmp_path / "up/etc/passwd").read_text()
    assert await debian.observe(None) == []


async def test_an_account_that_was_there_stays(debian: Host, tmp_path: Path) -> None:
    seen = await make(debian, want("user", "root", User("root", ("sudo",), "/bin/sh")))
    await take(debian, seen)
    assert "root:x:0:0:root:/root:/bin/bash" in (tmp_path / "up/etc/passwd").read_text()
    assert "\nsudo:x:27:\n" in (tmp_path / "up/etc/group").read_text()


async def test_an_account_keeps_its_shell_where_none_is_said(debian: Host, tmp_path: Path) -> None:
    seen = await make(debian, want("user", "root", User("root", ("sudo",), shell="")))
    assert seen.ready
    passwd = tmp_path / "up/etc/passwd"
    assert "root:x:0:0:root:/root:/bin/bash" in passwd.read_text()
    other = want("user", "other", User("root", shell="/bin/sh"))  # as a hand would
    await make(debian, other)
    assert await debian.observe([seen.id]) == [seen]
    await take(debian, seen)
    assert "root:x:0:0:root:/root:/bin/sh" in passwd.read_text()
    assert "\nsudo:x:27:\n" in (tmp_path / "up/etc/group").read_text()


async def test_a_host_name_now_and_later(debian: Host, tmp_path: Path) -> None:
    file = rootfs() / "etc/hostname"
    before = file.read_text() if file.exists() else None
    seen = await make(debian, want("hostname", "self", Hostname("pi-1")))
    assert seen.ready
    assert (tmp_path / "up/etc/hostname").read_text() == "pi-1\n"
    await take(debian, seen)
    assert changed(tmp_path).get("etc/hostname") == before


async def test_kernel_settings_in_a_container(debian: Host, tmp_path: Path) -> None:
    said: list[str] = []
    values = (("net.ipv4.ip_forward", "1"), ("vm.swappiness", "7"))
    seen = await make(debian, want("sysctl", "it", Sysctl(values)), said)
    assert seen.ready
    assert changed(tmp_path)["etc/sysctl.d/60-rackhouse-it.conf"] == (
        "net.ipv4.ip_forward = 1\nvm.swappiness = 7\n"
    )
    assert said == ["vm.swappiness cannot be set here (a container): the file alone is written"]
    spoilt = want("sysctl", "other", Sysctl((("net.ipv4.ip_forward", "0"),)))
    await make(debian, spoilt)
    [first, _] = await debian.observe(None)
    assert first.stamp
    assert first.found != first.stamp.found
    with pytest.raises(HostError, match=r"the kernel refuses net.ipv4.ip_forward = many"):
        await make(debian, want("sysctl", "bad", Sysctl((("net.ipv4.ip_forward", "many"),))))


async def test_modules_and_arguments_where_there_are_none(debian: Host, tmp_path: Path) -> None:
    said: list[str] = []
    modules = await make(debian, want("modules", "it", Modules(("br_no_such",))), said)
    arguments = await make(debian, want("kernel", "arguments", KernelArguments(("a=1",))), said)
    restarted = await make(
        debian, want("restarted", "it", Restarted((Text.of("a=1"),), ("a=1",))), said
    )
    assert modules.ready
    assert arguments.ready
    assert restarted.ready
    assert said == [
        "br_no_such cannot be loaded here (a container): the file alone is written",
        "no cmdline.txt: this is no Raspberry Pi, nothing to do",
    ]


async def test_a_mount_now_and_at_each_start(debian: Host, tmp_path: Path) -> None:
    disk = Mount("tmpfs", "/srv/data", "tmpfs", ("size=1m", "nofail"))
    seen = await make(debian, want("mount", "data", disk))
    assert seen.ready
    assert "tmpfs /srv/data tmpfs size=1m,nofail 0 0\n" in changed(tmp_path)["etc/fstab"]
    with pytest.raises(NotOurs, match="/etc/fstab mounts tmpfs at /srv/data"):
        await make(debian, want("mount", "other", Mount("/dev/x", "/srv/data", "ext4")))
    await take(debian, seen)
    assert "/srv/data" not in changed(tmp_path)["etc/fstab"]
    assert await debian.observe(None) == []


async def test_a_firewall_is_loaded_confirmed_and_taken_back(debian: Host, tmp_path: Path) -> None:
    rules = "table inet rackhouse_t {\n chain input {\n type filter hook input priority 0\n }\n}\n"
    seen = await make(debian, want("ruleset", "it", Ruleset("rackhouse_t", Text.of(rules))))
    assert seen.ready
    assert rules in changed(tmp_path)["etc/rackhouse/rackhouse_t.nft"]
    more = rules.replace("priority 0", "priority 5")
    again = await make(debian, want("ruleset", "it", Ruleset("rackhouse_t", Text.of(more))))
    assert again.found != seen.found
    with pytest.raises(HostError, match=r"nft --check --file \S+: exit code 1\n.*syntax error"):
        await make(debian, want("ruleset", "it", Ruleset("rackhouse_t", Text.of("table inet {"))))
    await take(debian, again)
    assert not [name for name in changed(tmp_path) if "rackhouse" in name]


async def test_a_firewall_that_lets_nobody_in_goes_back_by_itself(
    debian: Host, tmp_path: Path
) -> None:
    rules = "table inet rackhouse_t {\n chain input {\n type filter hook input priority 0\n }\n}\n"
    good = await make(debian, want("ruleset", "it", Ruleset("rackhouse_t", Text.of(rules))))
    connect = debian._talk._connect

    async def nobody() -> None:
        raise NotReady("nobody is let in")

    debian._talk._connect = nobody  # type: ignore[assignment]
    bad = Ruleset("rackhouse_t", Text.of(rules.replace("priority 0", "priority 9")), 1.0)
    with pytest.raises(NotReady, match="goes back to what it had"):
        await make(debian, want("ruleset", "it", bad))
    debian._talk._connect = connect
    [seen] = await debian.observe(None)
    for _ in range(100):
        if seen.found == good.found:
            break
        await asyncio.sleep(0.2)
        [seen] = await debian.observe(None)
    assert seen.stamp
    assert seen.stamp.found == ""  # half made: it is planned again
    assert seen.found == good.found
    assert "priority 0" in changed(tmp_path)["etc/rackhouse/rackhouse_t.nft"]


async def test_a_unit_needs_a_running_systemd(debian: Host) -> None:
    with pytest.raises(HostError, match=r"host.a/unit/ssh: no systemd is running here"):
        await make(debian, want("unit", "ssh", Unit("ssh.service")))
    assert await debian.observe(None) == []


async def test_owners_outputs_and_read_only_folders(debian: Host, tmp_path: Path) -> None:
    spec = File("/etc/sudoers.d/ada", Text.of("ada ALL=(ALL) NOPASSWD: ALL\n"), 0o440)
    resource = want("file", "sudoers", spec)
    await make(debian, resource)
    digest = (await debian.output(Ref(resource.id, "digest"))).reveal()
    assert len(digest) == 64
    with pytest.raises(Missing):
        await debian.output(Ref(resource.id, "size"))
    with pytest.raises(Missing, match="this machine has no user 'nobody-here'"):
        await make(debian, want("file", "b", File("/b", Text.of("b"), user="nobody-here")))
    with pytest.raises(HostError, match="read-only") as refused:
        await make(debian, want("file", "c", File("/proc/sys/x", Text.of("c"))))
    assert "a worn SD card" in refused.value.fix


async def test_a_full_disk_is_said_and_the_old_file_stays(debian: Host) -> None:
    small = Mount("tmpfs", "/srv/data", "tmpfs", ("size=64k",))
    await make(debian, want("mount", "data", small))
    kept = await make(debian, want("file", "it", File("/srv/data/it", Text.of("small"))))
    with pytest.raises(HostError, match="no space left on device") as full:
        await make(debian, want("file", "it", File("/srv/data/it", Text.of("x" * 200_000))))
    assert full.value.fix.startswith("the disk is full")
    [seen] = await debian.observe([kept.id])
    assert seen.found == kept.found
