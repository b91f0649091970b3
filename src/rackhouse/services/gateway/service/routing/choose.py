"""Who is to be asked, in which order. Pure: how upstreams are, the hour and chance are given.

Ranks come in the file's order. Within one, an upstream whose model is loaded comes first and the
rest is drawn by weight; a name that is `sticky` draws by the conversation, which therefore meets
the same upstream for as long as that is well (rendezvous hashing).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Protocol

import msgspec

from rackhouse.services.gateway.model.call import Call, Task
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.service.routing.plan import Option, Plan

BYTES_A_TOKEN = 4  # about: conditions are about sizes, while reserving counts every byte

_ABILITY = {Task.EMBEDDING: "embeddings", Task.RERANK: "rerank"}  # of others: chat


class Seen(Protocol):
    """What of an upstream's state is looked at."""

    until: float  # not to be asked before this moment
    loaded: bool  # its model lies in memory


class Now(msgspec.Struct, frozen=True):
    """When it is chosen, and by what chance."""

    seconds: float  # of the clock that `Seen.until` is of
    minute: int  # of the day
    chance: Callable[[], float]  # 0 to 1, another each time


class Choice(msgspec.Struct, frozen=True):
    """`upstreams` in the order to ask them; `barred` are able as well and not to be asked now."""

    upstreams: list[Upstream]
    barred: list[Upstream]


def choose(
    plan: Plan,
    call: Call,
    states: Mapping[str, Seen],
    now: Now,
    wait: Callable[[Upstream], float],
) -> Choice:
    """Both lists are empty where nobody is able. `wait`: seconds that a turn would take."""
    chosen: list[Upstream] = []
    barred: list[Upstream] = []
    full: list[Upstream] = []
    for rank in plan.ranks:
        able = [option for option in rank if suits(option, call, now.minute)]
        if len(able) > 1:
            able = _ordered(able, plan, call, states, now)
        for option in able:
            upstream = option.upstream
            if states[upstream.name].until > now.seconds:
                barred.append(upstream)
            elif plan.named.spill and wait(upstream) > plan.named.spill:
                full.append(upstream)
            else:
                chosen.append(upstream)
    return Choice(chosen + full, barred)


def suits(option: Option, call: Call, minute: int) -> bool:
    """Whether the upstream is able to do what is asked, and its conditions hold."""
    able = option.abilities
    if _ABILITY.get(call.task, "chat") not in able:
        return False
    if (
        (call.tools and "tools" not in able)
        or (call.images and "images" not in able)
        or (call.schema and "schema" not in able)
    ):
        return False
    prompt = call.prompt // BYTES_A_TOKEN
    context = option.upstream.context
    if context and prompt >= context and not call.images:  # whose bytes are no tokens
        return False
    return option.when is None or _holds(option, call, prompt, minute)


def _holds(option: Option, call: Call, prompt: int, minute: int) -> bool:
    when = option.when
    assert when is not None
    if prompt < when.at_least or (when.at_most and prompt > when.at_most):
        return False
    if when.tools not in (None, call.tools) or when.images not in (None, call.images):
        return False
    if option.tags and option.tags.isdisjoint(call.tags):
        return False
    caller = call.caller
    if option.callers and option.callers.isdisjoint((caller.application, caller.key)):
        return False
    return option.hours is None or _within(option.hours, minute)


def _within(hours: tuple[int, int], minute: int) -> bool:
    begin, end = hours
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end  # over midnight


def _ordered(
    options: list[Option], plan: Plan, call: Call, states: Mapping[str, Seen], now: Now
) -> list[Option]:
    """By weight, each draw being exponential with its weight as rate: the smallest is first."""
    sticky = (call.session or call.caller.key) if plan.named.sticky else ""

    def place(option: Option) -> tuple[bool, float]:
        name = option.upstream.name
        if sticky:
            return False, -math.log(_hashed(sticky, name)) / option.weight
        return not states[name].loaded, -math.log(1 - now.chance()) / option.weight

    return sorted(options, key=place)


def _hashed(sticky: str, name: str) -> float:
    """Above 0, at most 1."""
    digest = blake2b(f"{sticky}\0{name}".encode("utf-8", "replace"), digest_size=6).digest()
    return (int.from_bytes(digest) + 1) / 2**48
