"""`rackhouse open`."""

from __future__ import annotations

import asyncio
import json
import webbrowser
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.kit.paths import Paths

EPILOG = """
\b
Examples:
  rackhouse open                     the console, signed in
  rackhouse open guestbook           an application, and where a phone reaches it
  rackhouse open guestbook --print   only print the address
  rackhouse open guestbook --json | jq -r .devices[]
  rackhouse open --plain             http://127.0.0.1:PORT, for resolvers without *.localhost
"""


@click.command(epilog=EPILOG)
@click.argument("application", required=False)
@click.option("--print", "only_print", is_flag=True, help="Print the address, open nothing.")
@click.option("--plain", is_flag=True, help="The form by address, without TLS and names.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, open nothing.")
@click.pass_obj
def command(
    context: Context, application: str | None, *, only_print: bool, plain: bool, as_json: bool
) -> None:
    """Open the console, or an application, in the browser."""
    from rackhouse.cli.elsewhere import cluster_of
    from rackhouse.cli.sign_in import ways_in

    with context.open(only_read=True) as house:
        cluster = cluster_of(house, application) if application else ""
        url = _url(house, application, cluster, plain=plain)
        if only_print:
            click.echo(url)
            return
        here = application if not cluster else None
        devices, asks = ways_in(house, here) if here else ((), False)
    if as_json:
        click.echo(json.dumps({"url": url, "devices": devices}, indent=2))
        return
    if not cluster:
        _require_up(house.paths)
    opened = webbrowser.open(url)
    click.echo(f"opened {url.partition('?')[0]}" if opened else url)
    if devices:
        click.echo(f"from another device{', once within ten minutes' if asks else ''}:")
    for link in devices:
        click.echo(f"  {link}")


def _url(house: OpenRack, application: str | None, cluster: str, *, plain: bool) -> str:
    from rackhouse.cli.sign_in import sign_in_link
    from rackhouse.kit.errors import UsageError
    from rackhouse.operations.address import application_url
    from rackhouse.operations.cluster.addresses import address_there

    if application is None:
        return sign_in_link(house, plain=plain)
    if not cluster:
        return application_url(house, application, plain=plain)
    if plain:
        raise UsageError(f"{application} is on {cluster}, where all is by name and by TLS")
    return asyncio.run(address_there(house, application, cluster))


def _require_up(paths: Paths) -> None:
    """Unavailable while nobody would answer."""
    from rackhouse.kit.errors import Unavailable
    from rackhouse.supervisor.client import running

    if running(paths) is None:
        raise Unavailable("the rack is down", fix="start it: rackhouse up --detach")
