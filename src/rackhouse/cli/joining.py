"""Words around machines that join: the question about a host key, and the list of nodes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.transport.address import Address


def asks(*, yes: bool) -> Callable[[Address, str], bool]:
    """Shows a host key and asks whether it is the right one; `yes`: does not ask."""

    def trusts(address: Address, fingerprint: str) -> bool:
        click.echo(f"{address} shows the host key {fingerprint}", err=True)
        if yes:
            return True
        if not sys.stdin.isatty():
            from rackhouse.kit.errors import Refused

            raise Refused(
                "nobody is there to say whether that host key is the right one",
                fix="add --yes, or --host-key with the key itself",
            )
        return click.confirm("Is that the machine?", err=True)

    return trusts


def lines(house: OpenRack) -> Iterator[str]:
    """A line for each node of the rack file, and for each that has joined and left the file."""
    for row in _rows(house):
        how = f"joined as {row['reached']}" if row["reached"] else "has not joined"
        role = row["role"] or "no longer in the rack file"
        yield f"{row['node']:<12} {role:<8} {row['address']:<16} {how}"


def as_json_text(house: OpenRack) -> str:
    """The same as JSON."""
    return json.dumps(list(_rows(house)), indent=2)


def _rows(house: OpenRack) -> Iterator[dict[str, str]]:
    from rackhouse.apply.joined import joined
    from rackhouse.transport.address import Address

    known = {name: str(Address.parse(words)) for name, words in joined(house.store).items()}
    for node in house.rack.nodes:
        address = str(node.address or "")
        reached = known.pop(node.name, "")
        yield {"node": node.name, "role": node.role, "address": address, "reached": reached}
    for name, reached in sorted(known.items()):
        yield {"node": name, "role": "", "address": "", "reached": reached}
