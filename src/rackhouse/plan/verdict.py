"""The verdict on one thing: why it must be written, or that all is well.

Used twice: by the planner, and by apply when it looks again just before the step.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rackhouse.kit.errors import NotOurs, Refused
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Observed, Seen, Stamp


def verdict(
    resource: Resource[Any], observed: Observed, adopt: Collection[Id] = frozenset()
) -> str | None:
    """Why `resource` must be written, or None.

    Raises NotOurs for a stranger's thing of that name, and Refused for data that an earlier
    application of that name left, unless `adopt` names it.
    """
    seen = observed.seen.get(resource.id)
    if seen is None:
        return "absent"
    stamp = seen.stamp
    if stamp is None:
        raise NotOurs(
            f"{resource.id} exists, and {seen.why or 'this rack did not make it'}",
            fix="give yours another name, or rename or remove what is there",
        )
    inherited = _inherited(resource, stamp)
    if inherited and resource.id not in adopt:
        raise Refused(
            f"{resource.id} holds data of an earlier application {stamp.owner!r}",
            fix="--adopt-data hands it to this one;"
            f" `rackhouse remove {stamp.owner} --purge` removes it for ever",
        )
    if not stamp.found:
        return "half made"
    if resource.once:
        return None
    return "adopted" if inherited else _difference(resource, seen, stamp, observed)


def _difference(
    resource: Resource[Any], seen: Seen, stamp: Stamp, observed: Observed
) -> str | None:
    if stamp.digest != resource.digest:
        return "changed in the files"
    if provider := _other_input(stamp, observed):
        return f"{provider} changed"
    if seen.found != stamp.found:
        return f"changed by hand: {seen.why}" if seen.why else "changed by hand"
    if not seen.ready:
        return f"not ready: {seen.why}" if seen.why else "not ready"
    return None


def _inherited(resource: Resource[Any], stamp: Stamp) -> bool:
    """Whether what is there is data of another application than the one that wants it."""
    return stamp.keep and "" not in {stamp.uid, resource.uid} and stamp.uid != resource.uid


def _other_input(stamp: Stamp, observed: Observed) -> Id | None:
    """The first provider whose outputs are no longer those that the thing was written with."""
    for provider, version in sorted(stamp.inputs.items()):
        if provider.target in observed.later or provider.target in observed.blind:
            continue
        seen = observed.seen.get(provider)
        if seen is None or seen.version != version:
            return provider
    return None
