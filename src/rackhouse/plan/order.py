"""Order: everything after what it comes after, and by name where that leaves a choice."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from operator import attrgetter

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id

by_name = attrgetter("target", "kind", "name")  # sorts as Id does, several times faster


def ordered(before: Mapping[Id, Collection[Id]], *, through_cycles: bool = False) -> list[Id]:
    """The keys, each after those that it maps to; what is no key is ignored.

    The answer is one alone, however the mapping was filled. Refused, naming the cycle, when there
    is none; with `through_cycles` the first by name then goes first all the same.
    """
    ids = sorted(before, key=by_name)
    rank = {id: n for n, id in enumerate(ids)}
    waits = [0] * len(ids)
    users: list[list[int]] = [[] for _ in ids]
    for n, id in enumerate(ids):
        for other in before[id]:
            if (m := rank.get(other)) is not None:
                users[m].append(n)
                waits[n] += 1

    ready = [n for n, count in enumerate(waits) if not count]
    order: list[int] = []
    placed = bytearray(len(ids))
    first_left = 0
    while len(order) < len(ids):
        if ready:
            n = heapq.heappop(ready)
        elif through_cycles:
            n = first_left = placed.index(0, first_left)
        else:
            raise _refusal(before, {id for n, id in enumerate(ids) if not placed[n]})
        order.append(n)
        placed[n] = 1
        for user in users[n]:
            waits[user] -= 1
            if not waits[user] and not placed[user]:
                heapq.heappush(ready, user)
    return [ids[n] for n in order]


def _refusal(before: Mapping[Id, Collection[Id]], left: set[Id]) -> Refused:
    """The error that names one cycle among `left`, where every thing waits for another of them."""
    path = [min(left)]
    while (following := min(left.intersection(before[path[-1]]))) not in path:
        path.append(following)
    cycle = [*path[path.index(following) :], following]
    return Refused(
        "these wait for each other: " + " -> ".join(map(str, cycle)),
        fix="take one of these needs out of the files; where it is a claim that passes from one to"
        " the other, remove its holder first, apply, and add it again",
    )
