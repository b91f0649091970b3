"""Ruleset: one nftables table of our own, loaded now and at each start.

A new one is loaded on trial (`trial`). One that is there and says the same is taken over.
"""

from __future__ import annotations

import hashlib
import os

from rackhouse.targets.host.agent import commands, disk, file, trial
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
_END = "RACKHOUSE-RULES"
# In a network of its own: `$1` a file, `$2` a table. How the kernel spells it once it is loaded.
_SPELLED = 'nft --file "$1" && exec nft --stateless list table inet "$2"'


def items(spec: Spec) -> list[str]:
    """The table, its file, and what loads it at each start."""
    return [f"table {spec['table']}", *_files(spec)]


def capture(item: str, spec: Spec) -> Json:
    """What is there. A table of that name that says something else is another's, and refused."""
    if item.startswith("/"):
        return file.whole(item)
    if (listing := _listing(spec["table"])) is not None:
        if listing == _spelled(spec):
            return {"loaded": True}
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
        raise trial.awaited()
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
    """No table, unless one was there; no file, nothing at the next start."""
    for item, was in before.items():
        if item.startswith("/"):
            file.put_back(item, was)
        elif not was and _listing(name := item.partition(" ")[2]) is not None:
            commands.run(["nft", "delete", "table", "inet", name])


def _try(spec: Spec, say: Say) -> None:
    table, draft = spec["table"], _draft(spec)
    commands.run(["nft", "--check", "--file", disk.at(draft)])
    trial.settle()
    rules = disk.read_text(_files(spec)[0])
    back = rules if _listing(table) and rules else _replacing(table, "")
    trial.begin(spec, f"nft -f - <<'{_END}'\n{back}\n{_END}\n")
    say(f"loading the table inet {table}, on trial for {spec['confirm']:g} s")
    commands.run(["nft", "--file", disk.at(draft)])
    disk.clear(draft)


def _draft(spec: Spec) -> str:
    """A file with what is wanted, as `nft` loads it."""
    path = f"/run/rackhouse/{spec['table']}.nft"
    disk.make_parents(path, 0o700)
    disk.write(path, _replacing(spec["table"], spec["content"]).encode(), 0o600)
    return path


def _spelled(spec: Spec) -> str:
    """The table that is wanted as the kernel lists it: loaded where nothing passes."""
    draft = _draft(spec)
    words = ["unshare", "--net", "sh", "-c", _SPELLED, "sh", disk.at(draft), spec["table"]]
    code, out = commands.read(words)
    disk.clear(draft)
    return "" if code else out


def _replacing(table: str, content: str) -> str:
    """One transaction: `table` makes it, so that `delete` never fails."""
    return f"table inet {table}\ndelete table inet {table}\n{content}\n"


def _listing(table: str) -> str | None:
    code, out = commands.read(["nft", "--stateless", "list", "table", "inet", table])
    return None if code else out


def _files(spec: Spec) -> list[str]:
    unit = f"nftables-{spec['table'].replace('_', '-')}.service"
    return [
        f"/etc/rackhouse/{spec['table']}.nft",
        f"/etc/systemd/system/{unit}",
        f"/etc/systemd/system/sysinit.target.wants/{unit}",
    ]
