"""Which part of the rack a plan or an apply is about: this machine, hosts, clusters, or a twin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.cli.context import Context
    from rackhouse.resources.core import Id
    from rackhouse.resources.place import Wanted

PARTS = ("machine", "hosts", "clusters", "twin")
AWAY = frozenset({"hosts", "clusters", "twin"})  # nothing of this machine


@contextmanager
def opened(
    context: Context, only: str | None, *, only_read: bool = False
) -> Iterator[tuple[OpenRack, Wanted]]:
    """The rack, and what is wanted of that part; of all but the twin when None is named.

    Refused where machines, or what runs on them, do not admit the K3s that is wanted.
    """
    with context.open(only_read=only_read) as found:
        about_clusters = only in {None, "clusters"}
        house = _in_touch(found, only_read=only_read) if about_clusters else found
        match only:
            case "machine":
                yield house, house.wanted()
            case "hosts":
                _admit(house)
                yield house, house.wanted_on_hosts()
            case "clusters":
                yield house, house.wanted_on_clusters()
            case "twin":
                with _rehearsal(house) as other:
                    _admit(other, twin=True)
                    yield other, other.wanted_on_hosts()
            case _:
                _admit(house)
                yield house, house.wanted_everywhere()


def _admit(house: OpenRack, *, twin: bool = False) -> None:
    if any(cluster.k3s for cluster in house.rack.clusters):
        import asyncio

        from rackhouse.operations.cluster.admission import admit

        asyncio.run(admit(house, twin=twin))


def _in_touch(house: OpenRack, *, only_read: bool) -> OpenRack:
    """The rack with what was released on its clusters meanwhile, and certificates that last."""
    from rackhouse.apply.clusters import joined

    if not joined(house.store):
        return house
    import asyncio
    from datetime import UTC, datetime
    from functools import partial

    import click

    from rackhouse.delivery.onrack.learn import learned
    from rackhouse.operations.cluster.joining import renew

    now = datetime.now(UTC)
    if not only_read:
        asyncio.run(renew(house, now))
    return asyncio.run(learned(house, now, partial(click.echo, err=True)))


def ids(texts: Iterable[str]) -> frozenset[Id]:
    """The names of things, as a plan prints them. UsageError when one is none."""
    from rackhouse.kit.errors import UsageError
    from rackhouse.resources.core import Id

    try:
        return frozenset(map(Id.parse, texts))
    except ValueError:
        fix = "write it as the plan does: docker.forge/volume/ollama"
        raise UsageError(f"one of these names nothing: {', '.join(texts)}", fix=fix) from None


@contextmanager
def _rehearsal(house: OpenRack) -> Iterator[OpenRack]:
    from datetime import UTC, datetime

    from rackhouse.operations.rehearsal import rehearsed

    other = rehearsed(house, datetime.now(UTC))
    try:
        yield other
    finally:
        other.close()
