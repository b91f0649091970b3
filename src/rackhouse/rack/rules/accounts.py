"""Rules about accounts of the rack's own Gitea. Pure."""

from __future__ import annotations

from rackhouse.rack.model import Rack
from rackhouse.rack.rules.finding import Finding, Findings, repeated

TAKEN = frozenset({"builder", "puller", "rackhouse"})  # what the rack itself signs in as


def keeper_with_a_name_that_is_taken(rack: Rack) -> Findings:
    """In Gitea people and organisations share their names, and the rack has some of its own."""
    keepers = rack.platform.forge.keepers if rack.platform.forge else ()
    pairs = [(name, f"platform.forge.keepers[{number}]") for number, name in enumerate(keepers)]
    for name, path in pairs:
        if name == rack.name or name in TAKEN:
            yield Finding(path, f"{name!r} is an account of the rack's own", "choose another name")
    for name, path, first in repeated(pairs):
        yield Finding(path, f"{name} is named already, at {first}", "name everybody once")
