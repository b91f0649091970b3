"""Open vSwitch: `ovs-vsctl`, which takes many changes as one transaction. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.desired.network.names import USUAL
from rackhouse.resources.switch import Port
from rackhouse.targets.switch.speech import Belongs, Sockets

BRIDGE = "switch0"
_TABLES = (
    ("Port", ("_uuid", "name", "vlan_mode", "tag", "trunks", "interfaces")),
    ("Bridge", ("name", "ports")),
    ("Interface", ("_uuid", "error")),
)


@dataclass(frozen=True, slots=True)
class OpenVSwitch:
    """See `Speech`. Sockets are the interfaces `lan1`, `lan2` ... of the bridge `switch0`."""

    program: tuple[str, ...] = ("ovs-vsctl", "--timeout=20")

    @property
    def look(self) -> str:
        """One process, three tables."""
        words = [*self.program, "--format=json"]
        for table, columns in _TABLES:
            words += ["--", f"--columns={','.join(columns)}", "list", table]
        return shlex.join(words)

    def read(self, said: str) -> Sockets:
        """From those tables, a line of JSON each."""
        ports, bridges, interfaces = (_rows(line) for line in said.splitlines())
        ours = {id for row in bridges if row["name"] == BRIDGE for id in _set(row["ports"])}
        errors = {row["_uuid"][1]: "".join(_set(row["error"])) for row in interfaces}
        found = {}
        for row in ports:
            number = re.fullmatch(rf"{USUAL.port}([1-9][0-9]*)", row["name"])
            if number and row["_uuid"][1] in ours:
                found[int(number[1])] = _belongs(row, errors)
        return found

    def wanted(self, port: Port) -> Belongs:
        """`access`, `trunk`, or both: frames without a tag and frames with one."""
        mode = "native-untagged" if port.untagged and port.tagged else "access"
        return Belongs(port.untagged, port.tagged, mode if port.untagged else "trunk")

    def move(self, now: Sockets, then: Sockets) -> str:
        """One transaction. The bridge is made where there is none."""
        words = [*self.program, "--", "--may-exist", "add-br", BRIDGE]
        for number, belongs in sorted(then.items()):
            if belongs != now[number]:
                words += _one(USUAL.socket(number), belongs)
        return shlex.join(words)


def _one(name: str, belongs: Belongs | None) -> Iterator[str]:
    if belongs is None:
        yield from ("--", "--if-exists", "del-port", BRIDGE, name)
        return
    yield from ("--", "--may-exist", "add-port", BRIDGE, name, "--", "set", "port", name)
    yield f"vlan_mode={belongs.mode or '[]'}"
    yield f"tag={belongs.untagged or '[]'}"
    yield f"trunks={','.join(map(str, belongs.tagged)) or '[]'}"


def _belongs(row: Mapping[str, Any], errors: Mapping[str, str]) -> Belongs:
    (tag,) = _set(row["tag"]) or (0,)
    mode = "".join(_set(row["vlan_mode"]))
    trouble = " ".join(errors.get(id, "") for id in _set(row["interfaces"]))
    return Belongs(tag, tuple(sorted(_set(row["trunks"]))), mode, trouble.strip())


def _rows(line: str) -> list[dict[str, Any]]:
    table = json.loads(line)
    return [dict(zip(table["headings"], row, strict=True)) for row in table["data"]]


def _set(value: Any) -> tuple[Any, ...]:
    """OVSDB writes one element as itself, none or several as a set (RFC 7047, 5.1)."""
    many = value[1] if isinstance(value, list) and value[0] == "set" else [value]
    return tuple(each[1] if isinstance(each, list) else each for each in many)
