"""What `rackhouse network` prints and writes. Decides nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rackhouse.apply.open import read_rack
from rackhouse.cli.context import Context
from rackhouse.desired.network import cabling, internet, table, ticks
from rackhouse.desired.network.advice import findings
from rackhouse.desired.network.dialects import DIALECTS
from rackhouse.desired.network.fabric import Fabric, fabric, gateways_of, vlans_of
from rackhouse.desired.network.matrix import Pair, expected
from rackhouse.desired.network.names import Interfaces, names_of
from rackhouse.desired.network.policy import Edge, Policy, Port, policy
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.kit.text import did_you_mean
from rackhouse.rack.kinds import OPENING, PORTS
from rackhouse.rack.model import Rack, Vlan
from rackhouse.rack.rules.finding import Finding
from rackhouse.rack.rules.wiring import OUTSIDE

_NAMES = {said: name for name, said in PORTS.items()}


def shown(context: Context, *, as_json: bool) -> str:
    """VLANs, ports and advice. A rack without a switch has no ports."""
    rack = _with_vlans(context)
    made = fabric(rack, _file(context)) if rack.network.switch else None
    advice = findings(rack)
    if as_json:
        return json.dumps(_plain(rack, made, advice), indent=2)
    held = {gate.vlan.id: gate.address for gate in gateways_of(rack)}
    vlans = [
        tuple(map(str, (v.id, v.name, v.subnet, held.get(v.id) or v.gateway or "-", v.dhcp or "-")))
        for v in vlans_of(rack)
    ]
    parts = [_columns(("VLAN", "name", "subnet", "gateway", "handed out"), vlans)]
    parts += ["", _columns(table.HEAD, table.rows(made))] if made else []
    for finding in advice:
        parts += ["", f"{finding.path}: {finding.what}", f"  fix: {finding.fix}"]
    return "\n".join(parts)


def between_vlans(context: Context, _: Sequence[str], *, as_json: bool) -> str:
    """Who may open what, VLAN by VLAN."""
    rules = policy(_with_vlans(context))
    targets: list[Vlan | None] = [*rules.vlans, None]
    cells = {
        (source.name, _name(target)): _opened(rules, source, target)
        for source in rules.vlans
        for target in targets
    }
    if as_json:
        return _json(
            {"from": who, "to": whom, "ports": ports} for (who, whom), ports in cells.items()
        )
    names = [_name(target) for target in targets]
    rows = [
        (v.name, *(", ".join(cells[v.name, name]) or "-" for name in names)) for v in rules.vlans
    ]
    return _columns(("from / to", *names), rows)


def between_machines(context: Context, said: Sequence[str], *, as_json: bool) -> str:
    """Which of some ports each machine may open to each other."""
    opens = expected(_with_vlans(context), [_port(each) for each in said])
    if as_json:
        return _json(
            {"from": who, "to": whom, "port": str(port), "open": may}
            for (who, whom, port), may in opens.items()
        )
    names = list(dict.fromkeys(who for who, _, _ in opens))
    cells: dict[Pair, list[str]] = {(name, name): [""] for name in names}
    for (who, whom, port), may in opens.items():
        cells.setdefault((who, whom), []).extend([_spelled(port)] if may else [])
    rows = [(who, *(", ".join(cells[who, whom] or "-") for whom in names)) for who in names]
    return _columns(("from / to", *names), rows)


def rendered(context: Context, dialect: str | None, **names: str) -> Mapping[str, str]:
    """A dialect's files, by path. UsageError lists the dialects."""
    known = "\n".join(f"  {name:<14}{each.what}" for name, each in DIALECTS.items())
    if dialect is None:
        raise UsageError("name a dialect", fix=f"one of\n{known}")
    if dialect not in DIALECTS:
        near = did_you_mean(dialect, DIALECTS)
        raise UsageError(f"there is no dialect {dialect!r}.{near}", fix=f"take one of\n{known}")
    for name in filter(None, names.values()):
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,15}", name):
            fix = "take up to 15 letters, digits, dots, dashes; `ip link` shows them"
            raise UsageError(f"{name!r} is no interface's name", fix=fix)
    rack = _with_vlans(context)
    usual = names_of(rack)
    interfaces = Interfaces(
        wan=names["wan"] or usual.wan,
        trunk=names["trunk"] or usual.trunk,
        port=names["port_prefix"] or usual.port,
    )
    return DIALECTS[dialect].files(rack, _file(context), interfaces)


def written(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Put files into a folder; the path of each."""
    for name, text in files.items():
        path = folder / name
        make_folder(path.parent)
        write_atomic(path, text, mode=0o644)
        yield str(path)


def ticked(context: Context, *, as_markdown: bool) -> str:
    """The list for the switch's page."""
    rack, made = _compiled(context)
    return table.checklist(made, policy(rack), as_markdown=as_markdown)


def drawn(context: Context, out: Path) -> str:
    """Write the picture of the cables; where it is."""
    rack, made = _compiled(context)
    write_atomic(out, cabling.render(made, rack), mode=0o644)
    return str(out)


def way_in(context: Context, *, as_markdown: bool) -> str:
    """The list for the way in from the Internet."""
    return internet.checklist(read_rack(context.rack_file), as_markdown=as_markdown)


def _compiled(context: Context) -> tuple[Rack, Fabric]:
    rack = read_rack(context.rack_file)
    return rack, fabric(rack, _file(context))


def _with_vlans(context: Context) -> Rack:
    rack = read_rack(context.rack_file)
    if not rack.network.vlans:
        fix = "add `network: {vlans: {home: {id: 10, subnet: 10.20.10.0/24}}}`"
        raise Missing("the rack file describes no VLAN", fix=fix)
    return rack


def _file(context: Context) -> str:
    return str(context.rack_file or "rack.yaml")


def _port(said: str) -> Port:
    try:
        opening: Any = OPENING.read(said)
    except ValueError:
        opening = None
    if opening is None or not opening.number:
        raise UsageError(f"{said!r} is no port", fix="write a number such as 22 or 53/udp")
    return Port(opening.protocol, opening.number)


def _opened(rules: Policy, source: Vlan, target: Vlan | None) -> list[str]:
    if source == target or not rules.firewall:
        return ["all"]
    edges: list[Edge] = [e for e in rules.edges if (e.source, e.target) == (source, target)]
    return [word for e in edges for word in (["all"] if e.every else map(_spelled, e.ports))]


def _spelled(port: Port) -> str:
    bare = str(port.number) if port.protocol == "tcp" else str(port)
    return _NAMES.get(str(port), bare)


def _name(target: Vlan | None) -> str:
    return target.name if target else OUTSIDE


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return ticks.columns(head, rows, as_markdown=False)


def _json(rows: Iterator[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), indent=2)


def _plain(rack: Rack, made: Fabric | None, advice: Sequence[Finding]) -> dict[str, Any]:
    return {
        "switch": made.switch if made else "",
        "router": rack.network.router.name if rack.network.router else "",
        "parking": made.parking if made else 0,
        "vlans": [
            {"id": vlan.id, "name": vlan.name, "subnet": str(vlan.subnet)}
            for vlan in vlans_of(rack)
        ],
        "gateways": {gate.vlan.name: str(gate.address) for gate in gateways_of(rack)},
        "ports": [asdict(port) for port in made.ports] if made else [],
        "advice": [asdict(finding) for finding in advice],
    }
