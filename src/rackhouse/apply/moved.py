"""Which applications are on a cluster: those that an apply has brought there, to its end."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from rackhouse.resources.place import Wanted
from rackhouse.resources.seen import Observed
from rackhouse.store.protocol import Store

_SETTING = "applications-on-clusters"


def moved(store: Store) -> Mapping[str, str]:
    """The cluster of each of them, by its name."""
    found: dict[str, str] = json.loads(store.setting(_SETTING) or "{}")
    return found


def note(store: Store, found: Mapping[str, str]) -> None:
    """These are, and no others. Writes only when that is news. Under the rack's lock."""
    if moved(store) != found:
        store.put_setting(_SETTING, json.dumps(dict(found), sort_keys=True))


def note_reached(
    store: Store,
    places: Mapping[str, str],
    wanted: Wanted,
    observed: Observed,
    undone: Collection[str],
) -> None:
    """Those that are whole on a cluster that answers, whatever is still to be done elsewhere; what
    has nothing left there goes. Under the rack's lock.

    `places` has the cluster of each place; `undone` are ids and places that wait for something.
    """
    seen = places.keys() & wanted.places.keys() - observed.later - observed.blind.keys()
    parts = {(it.owner, id) for id, it in wanted.resources.items() if id.target in seen}
    open_ends = {owner for owner, id in parts if str(id) in undone or id.target in undone}
    there = {owner: places[id.target] for owner, id in sorted(parts)}
    left = {(it.stamp.owner, id.target) for id, it in observed.seen.items() if it.stamp}
    at = {cluster: place for place, cluster in places.items()}
    stay = {
        name: cluster
        for name, cluster in moved(store).items()
        if name in there or at.get(cluster) not in seen or (name, at[cluster]) in left
    }
    whole = {name: to for name, to in there.items() if name not in open_ends and name != "rack"}
    note(store, stay | whole)
