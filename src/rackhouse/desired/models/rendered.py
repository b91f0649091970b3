"""What the gateway is told, from the rack file: upstreams, names, keys. Pure.

Words and defaults are the gateway's own; what the rack file leaves out is left out here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rackhouse.app.model import Need
from rackhouse.desired.case import Ask
from rackhouse.desired.models.holes import Value, dumps
from rackhouse.desired.models.upstreams import Upstreams
from rackhouse.rack.models import Model
from rackhouse.resources.core import Id, Resource, Text


def rendered(
    ask: Ask, admin: Id, asking: Sequence[tuple[str, Need, Id]]
) -> tuple[Text, tuple[Resource[Any], ...]]:
    """The whole file, and what it takes keys from that a person gave."""
    rack, upstreams = ask.case.ground.rack, Upstreams(ask)
    models: list[Value] = [_model(model, upstreams) for model in rack.models]
    said: dict[str, Value] = {
        "rack": rack.name,
        "admin": admin.ref("value"),
        "upstreams": upstreams.all,
        "models": models,
        "keys": [_key(*each) for each in asking],
    }
    return dumps(said), upstreams.given


def _model(model: Model, upstreams: Upstreams) -> Value:
    """In the file's order: one's own hardware, then outside."""
    each = [upstreams.local(it) for it in model.prefer]
    each += [upstreams.outside(it) for it in model.fall_back]
    candidates: list[Value] = [{"upstream": name, "rank": n} for n, name in enumerate(each)]
    return {"name": model.name, "candidates": candidates}


def _key(application: str, need: Need, key: Id) -> Value:
    return {
        "name": f"{application}.{need.name}",
        "application": application,
        "secret": key.ref("value"),
    }
