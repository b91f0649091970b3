"""Who may ask models for what, and at what price: what the gateway does with them. Frozen.

As in `model`: nothing here checks anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack import measures as m
from rackhouse.rack.annotations import Example


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice:
    """What an outside API takes for a million tokens."""

    input: Annotated[k.Money, "For those that it reads.", Example("0.22 EUR")]
    output: Annotated[k.Money, "For those that it writes.", Example("1.75 EUR")]
    cached: Annotated[
        k.Money | None, "For those that it reads again; as much when left out.", Example("0.02 EUR")
    ] = None
    since: Annotated[m.Day | Literal[""], "The first day of this price, in UTC."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a request has to be like for this one to be asked. All of it, where several are said."""

    at_least: Annotated[m.Tokens | Literal[0], "Tokens of its prompt, at least."] = 0
    at_most: Annotated[m.Tokens | Literal[0], "Tokens of its prompt, at most."] = 0
    tools: Annotated[k.Flag | None, "Whether it brings tools."] = None
    images: Annotated[k.Flag | None, "Whether it brings images."] = None
    tags: Annotated[
        tuple[k.Name, ...],
        "One of these, in its header `x-rackhouse-tags`.",
        Example("[private]"),
    ] = ()
    callers: Annotated[
        tuple[k.Name, ...], "The applications that ask, or the names of keys.", Example("[study]")
    ] = ()
    hours: Annotated[m.Hours | Literal[""], "By the gateway's `timezone`."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one application may ask for, and spend."""

    may_ask: Annotated[
        tuple[k.Name, ...], "Names of models; all when left out.", Example("[chat]")
    ] = ()
    budget: Annotated[k.Budget | None, "What it may cost; none is no limit."] = None
    tokens_per_day: Annotated[
        m.Tokens | Literal[0], "Tokens in a day, local ones too.", Example("500000")
    ] = 0
    soft: Annotated[k.Flag, "Past these you are told, and it goes on."] = False
    requests_per_minute: Annotated[m.Tokens | Literal[0], "Of each key.", Example("60")] = 0
    tokens_per_minute: Annotated[m.Tokens | Literal[0], "Of each key.", Example("20000")] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """How the gateway keeps its books. It is there when `applications` names it."""

    timezone: Annotated[m.Zone, "Of `hours`. Days and months of budgets are in UTC."] = "UTC"
    keep_log: Annotated[k.Seconds, "How long requests are kept, whole days.", Example("30d")] = (
        30 * 86400.0
    )
    log_bodies: Annotated[k.Flag, "Keep what was said too, with secrets masked."] = False
    unpriced: Annotated[
        TokenPrice | None,
        "What an outside model without `price` counts as; without this, a budget refuses it.",
    ] = None
    shadow_budget: Annotated[
        k.Budget | None, "What comparing with outside models may cost (`shadow`)."
    ] = None
    tasks: Annotated[
        tuple[k.Name, ...],
        "Classes that callers may declare in the header `x-rackhouse-task`.",
        Example("[summary, code]"),
    ] = ()
