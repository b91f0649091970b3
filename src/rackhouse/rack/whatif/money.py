"""What a rack costs to run, what is still to be bought, and when own tokens pay. Pure.

Prices come from the rack file alone. What it does not say is named, and nothing is added up across
currencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rackhouse.rack.asking import TokenPrice
from rackhouse.rack.capacity import HOURS_PER_MONTH, cost_of
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.models import Local, Model, Outside
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.values import Amount

READ = 0.75  # of a million tokens are read, the rest is written: three for one, as is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What a machine draws and costs in a month. 0 watts is unknown; so is a cost of None."""

    node: str
    idle: float
    usual: float
    busy: float
    cost: float | None  # of the usual


def draws(rack: Rack) -> tuple[Draw, ...]:
    """A line for each machine."""
    return tuple(
        Draw(
            node=node.name,
            idle=node.idle_watts,
            usual=node.watts,
            busy=node.busy_watts,
            cost=cost_of(node.watts, rack) if node.watts else None,
        )
        for node in rack.nodes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopping:
    """What is to be bought. `totals` has one sum for each currency."""

    items: tuple[tuple[str, str, Amount | None], ...]  # node, what it is, its price
    totals: tuple[Amount, ...]
    unknown: tuple[str, ...]  # nodes without a price


def shopping(rack: Rack, added: Iterable[Node] = ()) -> Shopping:
    """Nodes of that rack that are not owned, and what is `added` of it."""
    names = {node.name for node in added}
    nodes = [node for node in rack.nodes if not node.owned or node.name in names]
    sums: dict[str, float] = {}
    for price in (node.price for node in nodes if node.price):
        sums[price.currency] = sums.get(price.currency, 0) + price.amount
    return Shopping(
        items=tuple((node.name, _kind(node), node.price) for node in nodes),
        totals=tuple(Amount(sums[currency], currency) for currency in sorted(sums)),
        unknown=tuple(node.name for node in nodes if node.price is None),
    )


def _kind(node: Node) -> str:
    card = node.gpu.model or "a graphics card" if node.gpu else ""
    return ", ".join(filter(None, [node.board, card, node.disk])) or str(node.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Own tokens against an outside API. Millions of tokens, money of `currency`.

    `missing`: what the rack file would have to say; the figures are then 0.
    """

    model: str
    here: str  # model and machine
    outside: str  # model and provider
    currency: str = ""
    outside_price: float = 0  # for a million
    own_power: float = 0  # for a million: what the work draws above idle
    standing_power: float = 0  # a month, idle, whether it is asked or not
    most: float = 0  # a month, asked without a pause
    even: float | None = None  # a month, from which own tokens are cheaper; None is never
    paid_back: float | None = None  # months until the machine is, asked without a pause
    missing: tuple[str, ...] = ()


def break_even(rack: Rack) -> tuple[BreakEven, ...]:
    """For each model that has both: its first place here against its first outside."""
    pairs = ((model, _measured(model)) for model in rack.models if model.fall_back)
    known = {node.name for node in rack.nodes}
    return tuple(
        _compare(rack, model, local) for model, local in pairs if local and local.node in known
    )


def _measured(model: Model) -> Local | None:
    return next(iter([*(x for x in model.prefer if x.tokens_per_second), *model.prefer]), None)


def _compare(rack: Rack, model: Model, local: Local) -> BreakEven:
    node = node_named(rack, local.node)
    outside = model.fall_back[0]
    here, there = f"{local.model} on {local.node}", f"{outside.model} of {outside.provider}"
    missing = tuple(_missing(rack, model, local, node))
    if missing or outside.price is None or rack.electricity is None or node is None:
        return BreakEven(model=model.name, here=here, outside=there, missing=missing)
    idle, busy = node.idle_watts or node.watts, node.busy_watts or node.watts
    hours = _hours(local)
    price, standing = _mixed(outside.price), cost_of(idle, rack) or 0
    power = max(busy - idle, 0) / 1000 * hours * rack.electricity.amount
    most, saved = HOURS_PER_MONTH / hours, price - power
    even = standing / saved if saved > 0 else None
    gain = saved * most - standing
    pays = node.price and node.price.currency == rack.electricity.currency and gain > 0
    return BreakEven(
        model=model.name,
        here=here,
        outside=there,
        currency=rack.electricity.currency,
        outside_price=price,
        own_power=power,
        standing_power=standing,
        most=most,
        even=even if even is not None and even <= most else None,
        paid_back=node.price.amount / gain if node.price and pays else None,
    )


def _hours(local: Local) -> float:
    """To read and write a million tokens; reading counts as nothing where its speed is unknown."""
    reads = READ / local.prompt_tokens_per_second if local.prompt_tokens_per_second else 0
    return (reads + (1 - READ) / local.tokens_per_second) * 1e6 / 3600


def _mixed(price: TokenPrice) -> float:
    return READ * price.input.amount + (1 - READ) * price.output.amount


def _missing(rack: Rack, model: Model, local: Local, node: Node | None) -> Iterator[str]:
    if not local.tokens_per_second:
        at = model.prefer.index(local)
        yield f"`tokens_per_second` of models.{model.name}.prefer[{at}]"
    if node is None or not (node.watts or node.idle_watts):
        yield f"`watts` of nodes.{local.node}"
    if rack.electricity is None:
        yield "`electricity`"
    yield from _unpriced(rack, model, model.fall_back[0])


def _unpriced(rack: Rack, model: Model, outside: Outside) -> Iterator[str]:
    path = f"models.{model.name}.fall_back[0]"
    if outside.price is None:
        yield f"`price` of {path}"
        return
    currencies = {outside.price.input.currency, outside.price.output.currency}
    if rack.electricity and currencies != {rack.electricity.currency}:
        yield f"`price` of {path} in {rack.electricity.currency}, as `electricity` is"
