"""What a container of another machine has said, for a terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from rackhouse.cli.parts import ids

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def show_container(house: OpenRack, names: tuple[str, ...], *, count: int, follow: bool) -> None:
    """Print its lines. UsageError for more than one, Missing for one that this rack has not."""
    from rackhouse.kit.errors import UsageError

    if len(names) > 1:
        raise UsageError("the log of a container is shown alone", fix="name that one")
    asyncio.run(_show(house, names[0], count=count, follow=follow))


async def _show(house: OpenRack, name: str, *, count: int, follow: bool) -> None:
    from rackhouse.kit.errors import Missing
    from rackhouse.targets.docker import Docker

    [id] = ids([name])
    wanted = house.wanted_on_hosts()
    if id.kind != "container" or id not in wanted.resources:
        known = sorted(str(each) for each in wanted.resources if each.kind == "container")
        raise Missing(f"there is no container {name}", fix=f"there are: {', '.join(known) or '-'}")
    place = wanted.places[id.target]
    target = house.open_place(place, {key: str(text) for key, text in place.address.items()})
    assert isinstance(target, Docker)
    try:
        async for line in target.logs(id, last=count, follow=follow):
            click.echo(line)
    finally:
        await target.close()
