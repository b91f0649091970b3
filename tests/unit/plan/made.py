"""What an apply leaves behind, without an apply: each wanted thing, stamped and seen."""

from __future__ import annotations

from collections.abc import Iterable

from rackhouse.resources.core import Id
from rackhouse.resources.seen import Seen, Stamp
from unit.apply.worlds import Want


def ids(names: Iterable[str]) -> frozenset[Id]:
    return frozenset(map(Id.parse, names))


def all_made(resources: Want) -> dict[Id, Seen]:
    """All of it as it was just written, each provider at version 1."""
    return {
        id: Seen(
            id=id,
            found="f",
            stamp=Stamp(
                rack="test",
                digest=each.digest,
                owner=each.owner,
                uid=each.uid,
                inputs={ref.to: "1" for ref in each.refs},
                before=each.before,
                claims=each.claims,
                keep=each.keep,
                found="f",
            ),
        )
        for id, each in resources.items()
    }
