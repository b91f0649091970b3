"""What a person should know beside a plan: who has not joined or may be asleep, what is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rackhouse.kit.text import plural

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

_KEEP = frozenset({"postgres", "queue", "redis", "s3", "vector", "volume"})  # needs with data
_SQL = frozenset({"postgres", "vector"})


def hints(house: OpenRack, notes: Iterable[object], only: str | None = None) -> Iterator[str]:
    """A line for the machines of each cluster that K3s waits for; for each that could not be seen,
    as the plan's `notes` say, and can be woken; for each thing that the rack file does not say of a
    GPU machine that has joined; and for the applications that are not on their cluster yet. With
    `only`, a part of the rack that nothing has joined yet, that is said.
    """
    from rackhouse.apply.joined import joined
    from rackhouse.desired.gpu.advice import findings
    from rackhouse.plan.step import Mark
    from rackhouse.rack.rules.finding import members
    from rackhouse.resources.place import machine_of

    there = joined(house.store)
    yield from _nobody(house, only)
    for cluster in house.rack.clusters:
        nodes = members(house.rack, cluster) if cluster.k3s else ()
        if absent := [node.name for node in nodes if node.owned and node.name not in there]:
            words = f"{', '.join(absent)} of {cluster.name} ha{'s' if len(absent) == 1 else 've'}"
            yield f"{words} not joined: `rackhouse hosts add {absent[0]}`"
    waits = (str(note).removeprefix(f"{Mark.WAITS} ") for note in notes)
    unseen = {machine_of(text.partition(":")[0]) for text in waits}
    for node in house.rack.nodes:
        if node.wake and node.name in unseen:
            yield f"{node.name} may be asleep: `rackhouse hosts wake {node.name}`, or apply --wake"
    for each in findings(house.rack, there):
        yield f"{each.path}: {each.what}; {each.fix}"
    yield from _not_there_yet(house)


def _nobody(house: OpenRack, only: str | None) -> Iterator[str]:
    """Why a plan of that part has nothing in it."""
    from rackhouse.apply.clusters import joined as clusters
    from rackhouse.apply.joined import joined, switches

    if only == "hosts" and not (joined(house.store) or switches(house.store)):
        yield "no machine has joined yet: `rackhouse hosts add NAME`, as the rack file calls it"
    if only == "clusters" and not clusters(house.store):
        yield "no cluster has joined yet: `rackhouse cluster add NAME`, as the rack file calls it"


def _not_there_yet(house: OpenRack) -> Iterator[str]:
    from rackhouse.apply.clusters import joined
    from rackhouse.apply.moved import moved

    known, there = joined(house.store), moved(house.store)
    waiting = defaultdict[str, list[str]](list)
    for entry in house.rack.applications:
        if entry.cluster and entry.cluster not in known and entry.name not in there:
            waiting[entry.cluster].append(entry.name)
        elif entry.cluster in known and entry.name not in house.apps and not entry.service:
            how = f"`rackhouse deploy {entry.folder}`" if entry.folder else "push to its repository"
            yield f"{entry.name} is not on {entry.cluster}: it has no release yet; {how}"
    for cluster, names in waiting.items():
        how = f"`rackhouse cluster add {cluster}`"
        yield f"{', '.join(names)}: on this machine until {cluster} has joined: {how}"
    yield from map(str, house.left_out)
    for name, cluster in sorted(house.going.items()):
        kept = {need.type.value for need in house.apps[name].needs} & _KEEP
        if kept:
            yield (
                f"{name} begins anew on {cluster}: what it has here does not go along"
                f" ({', '.join(sorted(kept))}), and stays here until it is purged"
                + (f"; before that: `rackhouse psql --dump {name}`" if kept & _SQL else "")
            )
    own = [each.name for each in house.rack.clusters if each.nodes and each.name in known]
    for name in own:
        yield from _not_copied(house, name)
        yield from _no_broker(house, name)
    if own:
        from rackhouse.desired.platform.wanted import unpinned

        if count := len(unpinned(house.rack, house.pins)):
            yield f"{plural(count, 'image')} of the platform not pinned: `rackhouse platform pin`"


def _not_copied(house: OpenRack, cluster: str) -> Iterator[str]:
    from rackhouse.desired.platform.copied import awaited, copied, how_to_give, ungiven

    if copied(house.rack, cluster) and (keys := ungiven(house.facts.given)):
        waits = awaited(house.rack, cluster, house.facts.given)
        what = "not made, for it begins with copies," if waits else "not copied"
        how = how_to_give(keys)
        yield f"PostgreSQL on {cluster} is {what} until its S3 can be entered: {how}"


def _no_broker(house: OpenRack, cluster: str) -> Iterator[str]:
    from rackhouse.desired.platform.wanted import no_broker

    said = no_broker(house.rack, cluster)
    if said and any(it.repository and it.cluster == cluster for it in house.rack.applications):
        yield said
