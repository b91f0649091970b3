"""`rackhouse network`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context
from rackhouse.cli.network_check import check

EPILOG = """
\b
Examples:
  rackhouse network show                          VLANs, ports, and advice
  rackhouse network matrix                        who may reach whom
  rackhouse network matrix --port 22 --port 53/udp
  rackhouse network checklist --markdown          for a switch that has only a web page
  rackhouse network render linux-router --out router
  rackhouse network cabling --out cables.svg      a picture of the cables
  rackhouse network internet                      the way in from outside
  rackhouse network check --from ada@vps.example  whether it is as the rack file says
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Say what switch and router have to be, in their own words. Changes nothing anywhere."""


command.add_command(check)


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(context: Context, as_json: bool) -> None:
    """Show VLANs, switch ports and what makes life hard."""
    from rackhouse.cli.network import shown

    click.echo(shown(context, as_json=as_json))


@command.command("matrix")
@click.option("--port", "ports", multiple=True, help="Between machines, for a port: 22, 53/udp.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def matrix(context: Context, ports: tuple[str, ...], as_json: bool) -> None:
    """Show who may reach whom: between VLANs, or between machines for some ports."""
    from rackhouse.cli.network import between_machines, between_vlans

    click.echo((between_machines if ports else between_vlans)(context, ports, as_json=as_json))


@command.command("render")
@click.argument("dialect", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the files.")
@click.option("--wan", default="", help="The router's outer interface, if not the rack file's.")
@click.option("--trunk", default="", help="Its interface to the switch, if not the rack file's.")
@click.option("--port-prefix", default="", help="Sockets of a Linux switch.  [default: lan]")
@click.pass_obj
def render(context: Context, /, dialect: str | None, out: Path | None, **names: str) -> None:
    """Write what a device understands. Without DIALECT, list them."""
    from rackhouse.cli.network import rendered, written
    from rackhouse.desired.network.dialects import joined

    files = rendered(context, dialect, **names)
    said = "\n".join(written(files, out)) if out else joined(files).rstrip()
    click.echo(said)


@command.command("checklist")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@click.pass_obj
def checklist(context: Context, markdown: bool) -> None:
    """Say what to tick on the page of a switch, in the order that locks nobody out."""
    from rackhouse.cli.network import ticked

    click.echo(ticked(context, as_markdown=markdown), nl=False)


@command.command("cabling")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An SVG file.")
@click.pass_obj
def cabling(context: Context, out: Path) -> None:
    """Draw which cable goes where."""
    from rackhouse.cli.network import drawn

    click.echo(drawn(context, out))


@command.command("internet")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@click.pass_obj
def internet(context: Context, markdown: bool) -> None:
    """Say what the way in from the Internet takes, when the rack file opens one."""
    from rackhouse.cli.network import way_in

    click.echo(way_in(context, as_markdown=markdown), nl=False)
