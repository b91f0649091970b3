"""In which order jobs can run, by what they need. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Needs = Mapping[str, Sequence[str]]


def levels(needs: Needs) -> tuple[tuple[str, ...], ...]:
    """Jobs by how many others come before them, as written within a level; needs that nobody has
    are passed over, and so is what waits for itself."""
    missing = {name: {need for need in its if need in needs} for name, its in needs.items()}
    waiting: dict[str, list[str]] = {name: [] for name in needs}
    for name, its in missing.items():
        for need in its:
            waiting[need].append(name)
    order = list(needs)
    level = [name for name in order if not missing[name]]
    found = []
    position = {name: number for number, name in enumerate(order)}
    while level:
        found.append(tuple(sorted(level, key=position.__getitem__)))
        freed = []
        for done in level:
            for name in waiting[done]:
                missing[name].discard(done)
                if not missing[name]:
                    freed.append(name)
        level = freed
    return tuple(found)


def circle(needs: Needs) -> tuple[str, ...]:
    """Jobs that wait for each other, the first again at the end; () when there are none."""
    free = {name for level in levels(needs) for name in level}
    stuck = [name for name in needs if name not in free]
    if not stuck:
        return ()
    way = [stuck[0]]
    while way[-1] not in way[:-1]:
        way.append(next(n for n in needs[way[-1]] if n in needs and n not in free))
    return tuple(way[way.index(way[-1]) :])
