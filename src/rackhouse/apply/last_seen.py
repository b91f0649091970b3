"""What things used and claimed when their place could last be looked at.

A rack must not pull away what something out of sight stands on: an application's database keeps
PostgreSQL's data folder, also while PostgreSQL is down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping

from rackhouse.resources.core import Id
from rackhouse.resources.place import machine_of
from rackhouse.resources.seen import Seen
from rackhouse.store.protocol import Store

_SETTING = "last-seen"


def remember(store: Store, place: str, things: Iterable[Seen]) -> None:
    """Keep what the things of ours on `place` use and claim; writes only when that changed."""
    stamps = {thing.id: thing.stamp for thing in things if thing.stamp is not None}
    now = {
        "uses": sorted({str(used) for stamp in stamps.values() for used in stamp.uses}),
        "claims": {claim: str(id) for id, s in sorted(stamps.items()) for claim in sorted(s.holds)},
    }
    places = json.loads(store.setting(_SETTING) or "{}")
    if places.get(place) != now:
        store.put_setting(_SETTING, json.dumps(places | {place: now}))


def places(store: Store) -> frozenset[str]:
    """Those on which things were last seen that use or claim something."""
    seen = json.loads(store.setting(_SETTING) or "{}")
    return frozenset(place for place, kept in seen.items() if kept["uses"] or kept["claims"])


def forget(store: Store, machine: str) -> None:
    """What was on that machine holds nothing any more."""
    _keep(store, lambda place: machine_of(place) != machine)


def forget_place(store: Store, gone: str) -> None:
    """What was on that one place holds nothing any more."""
    _keep(store, lambda place: place != gone)


def _keep(store: Store, stays: Callable[[str], bool]) -> None:
    places = json.loads(store.setting(_SETTING) or "{}")
    left = {place: kept for place, kept in places.items() if stays(place)}
    store.put_setting(_SETTING, json.dumps(left))


def recall(store: Store, *, except_for: Collection[str]) -> tuple[frozenset[Id], Mapping[str, Id]]:
    """What is used, and who holds each claim, on every place but those that are in sight."""
    places = json.loads(store.setting(_SETTING) or "{}")
    unseen = [kept for place, kept in places.items() if place not in except_for]
    uses = frozenset(Id.parse(id) for kept in unseen for id in kept["uses"])
    claims = {claim: Id.parse(id) for kept in unseen for claim, id in kept["claims"].items()}
    return uses, claims
