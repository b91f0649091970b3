"""How `rackhouse platform` shows components, images and what they come to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rackhouse.desired.platform.table import MI, How
from rackhouse.desired.platform.wanted import first
from rackhouse.kit.errors import Missing, Unavailable
from rackhouse.kit.text import did_you_mean, plural

if TYPE_CHECKING:
    from rackhouse.desired.platform.budget import Budget, Line
    from rackhouse.desired.platform.pins import Pins
    from rackhouse.operations.platform.pinning import Resolved
    from rackhouse.rack.model import Rack

_HEAD = ("component", "version", "copies", "memory", "cores", "images")
_ABROAD = {How.CHART, How.MANIFESTS}  # whose images are pinned here


def named(rack: Rack, cluster: str) -> str:
    """The cluster that is meant. Missing."""
    names = [each.name for each in rack.clusters] or [rack.name]
    if cluster and cluster not in names:
        what = f"there is no cluster {cluster!r}.{did_you_mean(cluster, names)}"
        raise Missing(what, fix=f"name one of {', '.join(names)}")
    return cluster or first(rack)


def as_table(cluster: str, found: Budget, pins: Pins, lacking: str) -> str:
    """For people: a row for each component, what all come to, whether that fits; and `lacking`."""
    rows = [_HEAD, *(_row(it, pins) for it in found.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.append(f"\n{cluster}: {_size(found.memory)} and {found.cpu / 1000:.2g} cores requested")
    if found.room:
        lines[-1] += f", of {_size(found.room)} that its nodes have beside the system"
    lines += [f"no node has room for {name}" for name in found.unplaced]
    lines += [lacking] if lacking else []
    return "\n".join(lines)


def as_json(cluster: str, found: Budget, pins: Pins, lacking: str) -> str:
    """For programs."""
    rows = [
        {
            "name": it.component.name,
            "version": it.component.version,
            "how": it.component.how.value,
            "namespace": it.component.namespace,
            "copies": it.copies,
            "memory": it.memory,
            "cpu": it.cpu,
            "images": {image.reference: pins(image.reference) for image in it.images},
        }
        for it in found.lines
    ]
    said = {
        "cluster": cluster,
        "memory": found.memory,
        "cpu": found.cpu,
        "room": found.room,
        "unplaced": list(found.unplaced),
        "lacking": lacking,
        "components": rows,
    }
    return json.dumps(said, indent=2)


def as_lines(found: Iterable[Resolved]) -> Iterator[str]:
    """What became of each image."""
    for it in found:
        if it.pin is None:
            kept = "; the pin that it had stays" if it.before else ""
            yield f"unresolved  {it.reference}: {it.why}{kept}"
        elif it.before and it.before.digest != it.pin.digest:
            yield f"changed     {it.reference}: {it.before.digest[:19]} is now {it.pin.digest[:19]}"
        else:
            yield f"resolved    {it.reference}: {it.pin.digest[:19]}"


def incomplete(found: Sequence[Resolved]) -> None:
    """Unavailable when something is not pinned."""
    lacking = [it for it in found if it.pin is None]
    if lacking:
        raise Unavailable(
            f"{plural(len(lacking), 'image')} of {len(found)} could not be resolved",
            fix="run it again where the registries answer, or name a mirror in the rack file",
        )


def _row(it: Line, pins: Pins) -> tuple[str, ...]:
    component, images = it.component, it.images
    pinned = sum(it.pinned or it.reference in pins.images for it in images)
    abroad = component.how in _ABROAD
    known = f"{pinned} of {len(images)} pinned" if abroad else component.how.value.replace("`", "")
    memory = _size(it.memory) if it.memory else ""
    cores = f"{it.cpu / 1000:.3g}" if it.cpu else ""
    return component.name, component.version.replace("`", ""), str(it.copies), memory, cores, known


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count // MI} MiB"
