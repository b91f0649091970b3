"""`doctor NODE`: what was measured on machines, and what speaks against K3s there, as rows."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.desired.k3s.facts import HostFacts
    from rackhouse.desired.k3s.finding import Finding
    from rackhouse.operations.hosts.measure import Measured

_MARK = {"error": ("no", "red"), "warning": ("!!", "yellow"), "note": ("--", "cyan")}


def examine_hosts(context: Context, nodes: Sequence[str], *, as_json: bool) -> int:
    """Measure, judge, print; the exit code."""
    from rackhouse.kit.errors import HostError
    from rackhouse.operations.hosts.measure import judged, measure_all

    with context.open(only_read=True) as house:
        measured = asyncio.run(measure_all(house.store, nodes))
        findings = judged(house.rack, measured)
    if as_json:
        click.echo(json.dumps(_json(measured, findings), indent=2))
    else:
        _print(measured, findings)
    unreachable = any(isinstance(each, Exception) for each in measured.values())
    bad = unreachable or any(finding.severity == "error" for finding in findings)
    return HostError.exit_code if bad else 0


def _print(measured: Measured, findings: Sequence[Finding]) -> None:
    for node, facts in measured.items():
        click.secho(node, bold=True)
        if isinstance(facts, Exception):
            click.secho("no  ", fg="red", nl=False)
            click.echo(str(facts))
            continue
        for name, value in _rows(facts):
            click.echo(f"    {name:<12} {value}")
        for finding in (each for each in findings if each.node == node):
            mark, colour = _MARK[finding.severity]
            click.secho(f"{mark}  ", fg=colour, nl=False)
            click.echo(f"{finding.what}\n    why: {finding.why}")
            click.echo(f"    fix: {finding.fix}\n    see: {finding.source}")


def _rows(facts: HostFacts) -> Iterator[tuple[str, str]]:
    """What was measured, in words."""
    from rackhouse.kit.text import format_bytes

    yield "system", f"{facts.os} {facts.os_version}, kernel {facts.kernel}, {facts.arch}"
    if facts.model:
        yield "board", facts.model
    if facts.memory and facts.cpus:
        yield "size", f"{facts.cpus} cores, {format_bytes(facts.memory)}"
    if facts.fsync_ms is not None:
        what = facts.disk or "a disk of a kind that it does not tell"
        yield "disk", f"{what}, 99 of 100 fsyncs within {facts.fsync_ms:.2g} ms"
    if facts.page_size:
        yield "pages", f"{facts.page_size // 1024} KiB"
    if facts.clock_offset is not None:
        yield "clock", f"{facts.clock_offset:+.1f} s from ours"
    for name, addresses in (facts.addresses or {}).items():
        if name != "lo":
            yield name, ", ".join(addresses)


def _json(measured: Measured, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        node: {"error": str(facts)}
        if isinstance(facts, Exception)
        else {
            "facts": dataclasses.asdict(facts),
            "findings": [dataclasses.asdict(each) for each in findings if each.node == node],
        }
        for node, facts in measured.items()
    }
