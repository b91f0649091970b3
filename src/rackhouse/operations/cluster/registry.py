"""Passwords of registries: given by a person, kept with the rack's secrets, asked for in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rackhouse.apply.open import OpenRack
from rackhouse.desired.k3s.registries import password_id
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.cluster.reach import Reach
from rackhouse.rack.verdict import Finding
from rackhouse.store.lock import hold

_SOURCE = "https://docs.k3s.io/installation/private-registry"


def give_password(reach: Reach, host: str, value: str) -> None:
    """From the next apply on, nodes sign in with it. Missing: nobody signs in there."""
    assert reach.cluster.k3s is not None
    known = [each.host for each in reach.cluster.k3s.registries if each.user]
    if host not in known:
        fix = did_you_mean(host, known).strip() or "add it, with `user`, to `registries`"
        raise Missing(f"{reach.cluster.name} signs in to no registry {host!r}", fix=fix)
    if not value or len(value.splitlines()) != 1:
        raise UsageError("a password is one line", fix="give it on standard input, or when asked")
    store, id = reach.house.store, password_id(host)
    with hold(reach.house.paths.lock, f"cluster registry {host}", time.time()):
        if store.choose(id, lambda: {"value": value})["value"].reveal() != value:
            store.replace(id, {"value": value})


def without_password(house: OpenRack) -> Iterator[Finding]:
    """What an apply would end at in its middle."""
    for cluster in house.rack.clusters:
        for each in cluster.k3s.registries if cluster.k3s else ():
            if each.user and not house.store.values(password_id(each.host)):
                yield Finding(
                    rule="registry-without-password",
                    node=cluster.name,
                    what=f"the password of {each.user} at {each.host} was not given yet",
                    fix=f"rackhouse cluster registry {each.host}",
                    why="K3s reads registries.yaml, with the password in it, when it starts.",
                    source=_SOURCE,
                )
