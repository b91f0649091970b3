"""Resources as the agent's requests, and its answers as Seen. Asks nothing itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from rackhouse.kit.errors import HostError
from rackhouse.resources.core import Id, Resource, Text, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.fingerprint import Fingerprint


def key_of(id: Id) -> str:
    """The file name of its record on the host, without the ending."""
    return f"{quote(id.kind, safe='')}/{quote(id.name, safe='')}"


def ensure(resource: Resource[Any], stamp: Stamp, values: Values) -> dict[str, Any]:
    """The request that makes a resource so."""
    id, spec = resource.id, resource.spec
    fields = {f.name: getattr(spec, f.name) for f in dataclasses.fields(spec)}
    return {
        "do": "ensure",
        "key": key_of(id),
        "kind": id.kind,
        "name": id.name,
        "as": type(spec).__name__,
        "rack": stamp.rack,
        "stamp": stamp.to_json(),
        "spec": {"called": id.name, **{name: _filled(v, values) for name, v in fields.items()}},
    }


def seen(target: str, answer: Mapping[str, str], fingerprint: Fingerprint) -> Seen:
    """What the agent saw. Fingerprints are keyed here, so that no host can be used to guess."""
    id = Id(target, answer["kind"], answer["name"])
    try:
        stamp = Stamp.from_json(answer["stamp"])
    except ValueError as error:
        what = f"the stamp of {id} cannot be read"
        fix = f"remove /var/lib/rackhouse/stamps/{key_of(id)}.json there: it is then a stranger's"
        raise HostError(what, fix=fix) from error
    if answer["made"]:
        stamp = stamp.finished(fingerprint(answer["made"]))
    return Seen(
        id=id,
        stamp=stamp,
        found=fingerprint(answer["found"]),
        version=fingerprint(answer["sha256"]) if answer["sha256"] else "1",
        ready=not answer["why"],
        why=answer["why"],
    )


def _filled(value: Any, values: Values) -> Any:
    if isinstance(value, Text):
        return value.fill(values)
    if isinstance(value, tuple):
        return [_filled(each, values) for each in value]
    return value
