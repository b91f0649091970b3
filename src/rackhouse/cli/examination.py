"""What `doctor` says: findings with their fixes, about this machine or about others."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.operations.hosts.examine import Report
    from rackhouse.rack.verdict import Finding

_MARK = {
    "good": ("ok", "green"),
    "note": ("--", "cyan"),
    "warning": ("!!", "yellow"),
    "error": ("no", "red"),
}


def examine_here(context: Context, *, as_json: bool) -> int:
    """Measure this machine and the clusters that have joined, judge, print; the exit code."""
    from rackhouse.kit.errors import RackhouseError
    from rackhouse.operations.doctor import examine
    from rackhouse.rack.verdict import Finding, Severity

    found = list(examine(context.root))
    try:
        found += _clusters(context)
    except RackhouseError as error:  # a file or a store that cannot be read: this machine can
        what, bad = f"cannot be looked at: {error.what}", Severity.WARNING
        fix = error.fix or "`rackhouse plan` says where"
        found.append(Finding(rule="clusters", what=what, fix=fix, severity=bad))
    return _told(found, as_json=as_json)


def examine_clusters(context: Context, names: Sequence[str], *, as_json: bool) -> int:
    """Measure these clusters, judge, print; the exit code."""
    return _told(_clusters(context, names), as_json=as_json)


def _clusters(context: Context, names: Sequence[str] = ()) -> Sequence[Finding]:
    """Without any that has joined, nothing is asked over the network."""
    from datetime import UTC, datetime

    from rackhouse.apply.clusters import joined

    with context.open(only_read=True) as house:
        if not names and not joined(house.store):
            return ()
        from rackhouse.operations.cluster.checkup import check_up

        return asyncio.run(check_up(house, datetime.now(UTC), names))


def _told(findings: Sequence[Finding], *, as_json: bool) -> int:
    from rackhouse.kit.errors import HostError

    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    for finding in () if as_json else findings:
        _mark(finding)
        where = f"{finding.node}: " if finding.node else ""
        click.echo(f"{finding.rule.replace('-', ' '):<12} {where}{finding.what}")
        if finding.fix:
            click.echo(f"{'':<17}fix: {finding.fix}")
    return HostError.exit_code if any(each.severity == "error" for each in findings) else 0


def examine_nodes(context: Context, nodes: Sequence[str], *, between: bool, as_json: bool) -> int:
    """Measure machines, judge, print; the exit code."""
    from rackhouse.cli.measured import lines, table
    from rackhouse.kit.errors import HostError
    from rackhouse.operations.cluster.admission import standing_of
    from rackhouse.operations.hosts.examine import examine_hosts

    with context.open(only_read=True) as house:
        report = asyncio.run(examine_hosts(house.rack, house.store, nodes, between=between))
        found = asyncio.run(standing_of(house, nodes))  # what `apply` would be refused for
    report = dataclasses.replace(report, findings=(*report.findings, *found))
    if as_json:
        click.echo(json.dumps(_json(report), indent=2))
    else:
        click.echo("\n".join(table(report.measured)))
        click.echo("\n".join(lines(report.lines)))
        click.echo("".join(_unreached(report)), nl=False)
        _print(report.findings)
    return HostError.exit_code if report.bad else 0


def _unreached(report: Report) -> Iterator[str]:
    for node, each in report.measured.items():
        if isinstance(each, Exception):
            yield f"{click.style('no  ', fg='red')}{node}: {each}\n"


def _print(findings: Sequence[Finding]) -> None:
    """By rule, the worst first; what several machines have in common is said once."""
    worst = list(reversed(_MARK))
    alike: dict[Finding, list[str]] = {}
    for finding in sorted(findings, key=lambda each: (worst.index(each.severity), each.rule)):
        alike.setdefault(dataclasses.replace(finding, node=""), []).append(finding.node)
    for _, same in groupby(alike.items(), key=lambda each: (each[0].severity, each[0].rule)):
        click.echo()
        for finding, nodes in same:
            _mark(finding)
            click.echo(f"{', '.join(nodes)}: {finding.what}\n    fix: {finding.fix}")
        click.echo(f"    why: {finding.why}")
        if finding.source:
            click.echo(f"    see: {finding.source}")


def _mark(finding: Finding) -> None:
    mark, colour = _MARK[finding.severity]
    click.secho(f"{mark}  ", fg=colour, nl=False)


def _json(report: Report) -> dict[str, Any]:
    return {
        node: {"error": str(each), "findings": _of(report, node)}
        if isinstance(each, Exception)
        else {
            **dataclasses.asdict(each),
            "lines": [dataclasses.asdict(line) for line in report.lines if line.source == node],
            "findings": _of(report, node),
        }
        for node, each in report.measured.items()
    }


def _of(report: Report, node: str) -> list[dict[str, Any]]:
    return [dataclasses.asdict(each) for each in report.findings if each.node == node]
