"""Which applications are on a cluster: those that an apply has brought there, to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping

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
