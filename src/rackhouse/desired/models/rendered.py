"""What the gateway is told, from the rack file: upstreams, names, keys, budgets. Pure.

Words and defaults are the gateway's own; what the rack file leaves out is left out here too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rackhouse.app.model import Need
from rackhouse.desired.case import Ask
from rackhouse.desired.models.holes import Value, dumps
from rackhouse.desired.models.money import limits, prices
from rackhouse.desired.models.upstreams import Upstreams, Where
from rackhouse.rack.asking import Allowance, When
from rackhouse.rack.model import Rack
from rackhouse.rack.models import Local, Model, Outside
from rackhouse.rack.rules.asking import money
from rackhouse.rack.words import OnBreak
from rackhouse.resources.core import Id, Resource, Text

_DAY = 86400.0
_USUAL = "USD"  # where the file names no money


def rendered(
    ask: Ask, where: Where, admin: Id, asking: Sequence[tuple[str, Need, Id]]
) -> tuple[Text, tuple[Resource[Any], ...]]:
    """The whole file, and what it takes keys from that a person gave. `where` answers the address
    of a model on one's own hardware.
    """
    rack, upstreams = ask.case.ground.rack, Upstreams(ask, where)
    models = [_model(model, upstreams) for model in rack.models]
    allowed = {each.name: each.models for each in rack.applications if each.models is not None}
    said: dict[str, Value] = {
        "rack": rack.name,
        "currency": next((each.currency for _, each in money(rack)), _USUAL),
        "zone": rack.gateway.timezone,
        "admin": admin.ref("value"),
        "retention_days": math.ceil(rack.gateway.keep_log / _DAY),
        "bodies": rack.gateway.log_bodies,
        "upstreams": upstreams.all,
        "models": models,
        "keys": [_key(each, allowed.get(each[0])) for each in asking],
        "budgets": [it for name, each in allowed.items() for it in _budget(name, each)],
    }
    return dumps(said | _books(rack)), upstreams.given


def _books(rack: Rack) -> dict[str, Value]:
    return _without_nothing(
        {
            "unpriced": prices(rack.gateway.unpriced),
            "shadow": limits(rack.gateway.shadow_budget),
            "tasks": rack.gateway.tasks,
        }
    )


def _model(model: Model, upstreams: Upstreams) -> Value:
    said: dict[str, Value] = {
        "on_break": "" if model.on_break is OnBreak.CONTINUE else model.on_break.value,
        "spill": model.spill,
        "hedge": model.hedge,
        "sticky": model.sticky,
        "cache": model.cache,
        "measured": model.measured,
        "judge": model.judge,
        "shadow": model.shadow,
        "limits": limits(model.budget, soft=model.soft),
    }
    candidates = _candidates(model, upstreams)
    numbers = {"margin": model.margin, "escalate": model.escalate}
    told = _without_nothing(said) | _said(numbers)  # 0 is an answer too
    return {"name": model.name, "candidates": candidates, **told}


def _candidates(model: Model, upstreams: Upstreams) -> list[Value]:
    """In the file's order: one's own hardware, then outside. Neighbours with weights share."""
    found: list[Value] = []
    rank, before = -1, 0
    each: list[tuple[str, Local | Outside]] = [(upstreams.local(it), it) for it in model.prefer]
    each += [(upstreams.outside(it), it) for it in model.fall_back]
    for name, it in each:
        rank += not (before and it.weight)
        before = it.weight
        more: dict[str, Value] = {"weight": it.weight, "when": _when(it.when) if it.when else ""}
        found.append({"upstream": name, "rank": rank, **_without_nothing(more)})
    return found


def _when(when: When) -> Value:
    asked = {"tools": when.tools, "images": when.images}
    said: dict[str, Value] = {
        "at_least": when.at_least,
        "at_most": when.at_most,
        "tags": when.tags,
        "callers": when.callers,
        "hours": when.hours,
    }
    return _without_nothing(said) | _said(asked)


def _key(asking: tuple[str, Need, Id], allowed: Allowance | None) -> Value:
    application, need, key = asking
    said: dict[str, Value] = {
        "name": f"{application}.{need.name}",
        "application": application,
        "secret": key.ref("value"),
    }
    if allowed is None:
        return said
    return said | _without_nothing(
        {
            "models": allowed.may_ask,
            "requests_per_minute": allowed.requests_per_minute,
            "tokens_per_minute": allowed.tokens_per_minute,
        }
    )


def _budget(application: str, allowed: Allowance) -> list[Value]:
    found = limits(allowed.budget, allowed.tokens_per_day, soft=allowed.soft)
    return [{"scope": "application", "name": application, "limits": found}] if found else []


def _without_nothing(said: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in said.items() if value}


def _said(said: Mapping[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in said.items() if value is not None}
