"""`rackhouse network check`: the way in from the Internet, tried from both sides."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context
from rackhouse.kit.errors import EXIT_CHANGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rackhouse.operations.doors import Tried
    from rackhouse.transport.address import Address


@click.command("check")
@click.option("--from", "source", default="", metavar="USER@HOST[:PORT]", help="Not of this house.")
@click.option("--key", type=click.Path(exists=True, resolve_path=True), help="Its SSH key.")
@click.option("--host-key", default="", help="Its public key, in place of a question.")
@click.option("--at", "outer", default="", help="Where the rack is seen from there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(  # noqa: PLR0917  options
    context: Context, source: str, key: str | None, host_key: str, outer: str, as_json: bool
) -> int:
    """Try the way in from the Internet: from here, and by SSH from elsewhere. Exit code 2 where it
    is not as the rack file says.
    """
    from rackhouse.apply.open import read_rack
    from rackhouse.operations.doors import from_inside, from_outside

    rack = read_rack(context.rack_file)
    tried = list(asyncio.run(from_inside(rack)))
    if source:
        elsewhere = asyncio.run(_elsewhere(source, key, host_key))
        tried += asyncio.run(from_outside(rack, elsewhere, outer))
    click.echo(_json(tried) if as_json else "\n".join(_lines(tried)))
    return 0 if all(each.right for each in tried) else EXIT_CHANGES


async def _elsewhere(source: str, key: str | None, host_key: str) -> Address:
    from rackhouse.cli.joining import asks
    from rackhouse.kit.errors import Refused
    from rackhouse.transport.address import Address
    from rackhouse.transport.ssh import fetch_host_key, fingerprint

    user, _, rest = source.rpartition("@")
    host, _, port = rest.partition(":")
    words = {"host": host, "port": port, "user": user, "key": key or "", "host_key": host_key}
    address = Address.parse({name: word for name, word in words.items() if word})
    if not host_key:
        host_key = await fetch_host_key(address)
        if not asks(yes=False)(address, fingerprint(host_key)):
            raise Refused("that machine was not trusted", fix="compare its key there")
    return address.pinned(host_key)


def _lines(tried: Sequence[Tried]) -> list[str]:
    rows = [
        f"{'ok ' if each.right else 'NO!'} {each.side:<8} {each.door.host}:{each.door.port:<5} "
        f"{each.found}" + ("" if each.right else f", and should be {_should(each)}")
        for each in tried
    ]
    return rows or ["nothing is open to the Internet; --from and --at try whether that is so"]


def _should(each: Tried) -> str:
    return "open to every browser" if each.door.open else "shut"


def _json(tried: Sequence[Tried]) -> str:
    return json.dumps([{**asdict(each), "right": each.right} for each in tried], indent=2)
