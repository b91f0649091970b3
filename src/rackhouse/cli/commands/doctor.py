"""`rackhouse doctor`."""

from __future__ import annotations

import dataclasses
import json

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse doctor
  rackhouse doctor --json
  rackhouse doctor pi-1 pi-2    machines that joined: what speaks against K3s on them
"""
_MARK = {"good": ("ok", "green"), "warn": ("!!", "yellow"), "bad": ("no", "red")}


@click.command(epilog=EPILOG)
@click.argument("nodes", nargs=-1, metavar="[NODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, nodes: tuple[str, ...], as_json: bool) -> int:
    """Measure this machine (disk, memory, ports, clock, ...), or NODEs, and say what to mend.

    Exit code 7 when something would keep a rack, or K3s, from working.
    """
    if nodes:
        from rackhouse.cli.examination import examine_hosts

        return examine_hosts(context, nodes, as_json=as_json)
    from rackhouse.kit.errors import HostError
    from rackhouse.operations.doctor import Verdict, examine

    findings = examine(context.root)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark, colour = _MARK[finding.verdict]
            click.secho(f"{mark}  ", fg=colour, nl=False)
            click.echo(f"{finding.name:<12} {finding.measured}")
            if finding.fix:
                click.echo(f"{'':<17}fix: {finding.fix}")
    bad = any(finding.verdict is Verdict.BAD for finding in findings)
    return HostError.exit_code if bad else 0
