"""Server-side apply: the live object, what someone applies, and who owns what. Pure.

After `merge.Updater.Apply` of structured-merge-diff: merge, take away what the manager no longer
applies and nobody else owns, then look whether another's fields would change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rackhouse.twin.kube import fields as f
from rackhouse.twin.kube import managers
from rackhouse.twin.kube.answers import Denied
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.managers import APPLY, Manager, Share, Shares
from rackhouse.twin.kube.shapes import ANY, Shape

_ALWAYS = frozenset({("f:metadata",)})  # what the server has there stays
Clash = tuple[Manager, f.Path]


def applied(
    live: Body, config: Body, who: Manager, kind: Kind, *, force: bool, now: str
) -> tuple[Body, Shares]:
    """What comes of it, and who owns what then. Raises Denied on a conflict."""
    shares = managers.read(live)
    last = shares.get(who, Share(frozenset(), now))
    wanted = managers.concerned(config, kind, who.subresource)
    for old in [it for it in shares if _same(it, who)]:
        last = replace(last, fields=last.fields | shares.pop(old).fields)
    kept = _ALWAYS | f.prefixes(wanted.union(*(it.fields for it in shares.values())))
    gone = f.prefixes(last.fields) - kept
    merged = without(merge(live, config, kind.shape), gone, kind.shape)
    others = _resolved(shares, live, merged, wanted, kind, force=force, now=now)
    mine = last if last.fields == wanted and last.time else Share(wanted, now)
    return merged, {**others, who: mine}


def _same(one: Manager, other: Manager) -> bool:
    """The same whatever version it spoke."""
    return replace(one, api="") == replace(other, api="")


def _resolved(
    others: Shares, live: Body, merged: Body, wanted: f.Fields, kind: Kind, *, force: bool, now: str
) -> Shares:
    before, after = dict(f.leaves(live, kind.shape)), dict(f.leaves(merged, kind.shape))
    touched = {it for it in wanted if it in after and before.get(it, f.ITEM) != after[it]}
    clashes = [
        (who, it)
        for who, share in others.items()
        for it in sorted(share.fields & touched, key=f.order)
    ]
    if clashes and not force:
        raise _conflict(clashes)
    left, there = {}, f.prefixes(after)
    for who, share in others.items():
        stays = (share.fields & there) - touched
        left[who] = share if stays == share.fields else Share(stays, now)
    return left


def _conflict(clashes: list[Clash]) -> Denied:
    named = [(_named(who), f.spelled(path)) for who, path in clashes]
    if len(named) == 1:
        message = f"Apply failed with 1 conflict: conflict with {named[0][0]}: {named[0][1]}"
    else:
        lines = []
        for who in sorted({who for who, _ in named}):
            lines.append(f"conflicts with {who}:")
            lines += [f"- {path}" for name, path in named if name == who]
        message = f"Apply failed with {len(named)} conflicts: " + "\n".join(lines)
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path}
        for who, path in named
    ]
    return Denied(409, "Conflict", message, details={"causes": causes})


def _named(who: Manager) -> str:
    said = f'"{who.name}"'
    if who.subresource:
        said += f' with subresource "{who.subresource}"'
    if who.operation == APPLY:
        return said
    return f"{said} using {who.api}"


def merge(live: Any, config: Any, shape: Shape | None) -> Any:
    """What is applied over what is there."""
    shape = shape or ANY
    if shape.granular and isinstance(live, dict) and isinstance(config, dict):
        both = {key: merge(live.get(key), it, shape.under(key)) for key, it in config.items()}
        return {**live, **both}
    if shape.granular and isinstance(live, list) and isinstance(config, list):
        return _merge_lists(live, config, shape)
    return config


def _merge_lists(live: list[Any], config: list[Any], shape: Shape) -> list[Any]:
    """The order is that which is applied; what only the other has stays where it was among them."""
    old = {f.element(it, shape): it for it in live}
    new = {f.element(it, shape): it for it in config}
    return [
        merge(old[key], new[key], shape.item) if key in old and key in new else {**old, **new}[key]
        for key in _woven(list(old), list(new))
    ]


def _woven(left: list[str], right: list[str]) -> Iterator[str]:
    """Keys of both, as `visitListItems` of structured-merge-diff goes through them."""
    shared = deque(key for key in right if key in left)
    here, there, done = deque(left), deque(right), set[str]()
    while here or there:
        if here and here[0] not in right:
            yield here.popleft()
        elif here and here[0] in done:
            here.popleft()
        elif here and there and here[0] != there[0] and shared and shared[0] != here[0]:
            here.popleft()  # the turn of another that both have
        else:
            key = there.popleft()
            done.add(key)
            if shared and shared[0] == key:
                shared.popleft()
            yield key


def without(value: Any, gone: f.Fields, shape: Shape | None) -> Any:
    """The same without these fields."""
    if not gone or not isinstance(value, dict | list) or shape is None or not shape.granular:
        return value
    heads = {path[0] for path in gone if len(path) == 1}
    below: dict[str, set[f.Path]] = {}
    for path in gone:
        if len(path) > 1:
            below.setdefault(path[0], set()).add(path[1:])
    if isinstance(value, list):
        keyed = [(f.element(it, shape), it) for it in value]
        return [
            without(it, frozenset(below.get(key, ())), shape.item)
            for key, it in keyed
            if key not in heads
        ]
    left = {}
    for key, it in value.items():
        if f"f:{key}" in heads:
            continue
        left[key] = without(it, frozenset(below.get(f"f:{key}", ())), shape.under(key))
    return left
