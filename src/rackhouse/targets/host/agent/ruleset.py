"""Ruleset: one nftables table of our own, loaded now and at each start.

A new one is loaded on trial: unless the other side says, over a connection made after it, that it
still gets in, a process that needs nobody puts back what was loaded before.
"""

from __future__ import annotations

import hashlib
import os

from rackhouse.targets.host.agent import commands, disk, file
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_UNIT = """[Unit]
Description=Firewall rules of Rackhouse
After=nftables.service
PartOf=nftables.service
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {path}

[Install]
WantedBy=sysinit.target
"""
# `$1` seconds; `$2` is there as long as nobody has confirmed; `$3` is what goes back.
_WATCH = 'sleep "$1"; [ -e "$2" ] && nft -f "$3"; rm -f "$2" "$3"'


def items(spec: Spec) -> list[str]:
    """The table, its file, and what loads it at each start."""
    return [f"table {spec['table']}", *_files(spec)]


def capture(item: str, spec: Spec) -> Json:
    """What is there. A table of that name that is another's is refused."""
    if item.startswith("/"):
        return file.whole(item)
    if _listing(spec["table"]) is not None:
        what = f"the nftables table inet {spec['table']} is there, and this rack did not load it"
        raise Failure(
            what, f"nft delete table inet {spec['table']}, if it is not needed", "not-ours"
        )
    return None


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Load it on trial: Failure (confirm). Asked again with `confirmed`, keep it."""
    rules, unit, link = _files(spec)
    if not spec["confirmed"]:
        _try(spec, say)
        raise Failure("to be confirmed", kind="confirm")
    disk.make_parents(rules)
    disk.write(rules, _replacing(spec["table"], spec["content"]).encode(), 0o600)
    disk.make_parents(link)
    disk.write(unit, _UNIT.format(path=rules).encode())
    disk.clear(link)
    os.symlink(unit, disk.at(link))


def look(spec: Spec) -> State | None:
    """The file and the table without its counters."""
    listing = _listing(spec["table"])
    rules = _files(spec)[0]
    if listing is None and disk.status(rules) is None:
        return None
    state = {
        "file": disk.digest(rules),
        "table": hashlib.sha256((listing or "").encode()).hexdigest(),
    }
    return state if listing else {**state, "why": "the table is not loaded"}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """No table, no file, nothing at the next start."""
    for item, was in before.items():
        if item.startswith("/"):
            file.put_back(item, was)
        elif _listing(name := item.partition(" ")[2]) is not None:
            commands.run(["nft", "delete", "table", "inet", name])


def confirm(request: dict[str, Json], say: Say) -> Json:
    """We were reached over a new connection: keep what is loaded. Failure when it is too late."""
    try:
        os.unlink(disk.at(_pending(request["trial"])))
    except FileNotFoundError:
        what = "the new rules let nobody in, so the machine went back to what it had"
        raise Failure(what, "allow the address that you apply from, port 22", "not-ready") from None


def _try(spec: Spec, say: Say) -> None:
    table, pending = spec["table"], _pending(spec["trial"])
    disk.make_parents(pending, 0o700)
    rules = disk.read_text(_files(spec)[0])
    back = rules if _listing(table) and rules else _replacing(table, "")
    disk.write(pending + ".back", back.encode(), 0o600)
    disk.write(pending, _replacing(table, spec["content"]).encode(), 0o600)
    commands.run(["nft", "--check", "--file", disk.at(pending)])
    say(f"loading the table inet {table}, on trial for {spec['confirm']:g} s")
    paths = [disk.at(pending), disk.at(pending + ".back")]
    commands.leave(["sh", "-c", _WATCH, "sh", str(spec["confirm"]), *paths])
    commands.run(["nft", "--file", disk.at(pending)])


def _replacing(table: str, content: str) -> str:
    """One transaction: `table` makes it, so that `delete` never fails."""
    return f"table inet {table}\ndelete table inet {table}\n{content}\n"


def _listing(table: str) -> str | None:
    code, out = commands.read(["nft", "--stateless", "list", "table", "inet", table])
    return None if code else out


def _pending(trial: str) -> str:
    """Each trial has a name of its own: the one before may still be watched."""
    return f"/run/rackhouse/{trial}.nft"


def _files(spec: Spec) -> list[str]:
    unit = f"nftables-{spec['table'].replace('_', '-')}.service"
    return [
        f"/etc/rackhouse/{spec['table']}.nft",
        f"/etc/systemd/system/{unit}",
        f"/etc/systemd/system/sysinit.target.wants/{unit}",
    ]
