"""Which machines answer just now, all asked at once, and what is wrong with those that do not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackhouse.apply.joined import joined, switches
from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store
from rackhouse.transport.address import Address

PATIENCE = 2.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One machine. `reached` is how it joined, empty where it has not; `role` is empty where the
    rack file has it no more. `answers` is None where nobody asked, `wrong` is why it does not.
    """

    node: str
    role: str
    address: str
    reached: str
    answers: bool | None = None
    wrong: str = ""


async def roll_call(rack: Rack, store: Store, *, ask: bool = True) -> Sequence[Row]:
    """A row for each node and the switch of the rack file, and for what has joined and left it.
    What has joined is signed in to; of another it is only seen whether its SSH answers.
    """
    every = {**joined(store), **switches(store)}
    known = {name: Address.parse(words) for name, words in every.items()}
    rows = list(_rows(rack, known))
    if not ask:
        return rows
    return await asyncio.gather(*(_asked(row, known.get(row.node)) for row in rows))


def _rows(rack: Rack, known: Mapping[str, Address]) -> Sequence[Row]:
    reached = {name: str(address) for name, address in known.items()}
    rows = [
        Row(
            node=node.name,
            role=node.role,
            address=str(node.address or ""),
            reached=reached.pop(node.name, ""),
        )
        for node in rack.nodes
    ]
    if (own := rack.network.switch) and own.system:
        at = reached.pop(own.name, "")
        rows.append(Row(node=own.name, role="switch", address=str(own.address or ""), reached=at))
    gone = (Row(node=n, role="", address="", reached=at) for n, at in sorted(reached.items()))
    return [*rows, *gone]


async def _asked(row: Row, address: Address | None) -> Row:
    from dataclasses import replace

    from rackhouse.transport import ssh

    if address is None and not row.address:
        return row
    try:
        async with asyncio.timeout(PATIENCE):
            if address is None:
                await ssh.greeted(Address(host=row.address), PATIENCE)
            else:
                await (await ssh.connect(address, patience=PATIENCE)).close()
    except TimeoutError:
        return replace(row, answers=False, wrong=f"no answer within {PATIENCE:g} s")
    except RackhouseError as error:
        # Somebody is there, and does not let us in.
        return replace(row, answers=not isinstance(error, Unavailable), wrong=error.what)
    return replace(row, answers=True)
