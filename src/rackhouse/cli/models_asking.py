"""What the commands of `rackhouse models` do: each opens the gateway's door, and prints."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TypeVar

import click

from rackhouse.cli.context import Context
from rackhouse.cli.models import budgets_table, log_line, models_table, spend_table
from rackhouse.cli.models_quality import quality_text
from rackhouse.operations.models.door import door
from rackhouse.operations.models.money import money
from rackhouse.operations.models.seen import Line
from rackhouse.operations.models.wire import Wire, opened, words
from rackhouse.operations.view import view

T = TypeVar("T")


def show_models(context: Context, *, as_json: bool) -> None:
    """Who answers for which name."""

    async def show() -> None:
        async with _wire(context) as wire:
            health, spend = await wire.health(), await wire.spend("model")
        if as_json:
            click.echo(json.dumps({**asdict(health), "spend": asdict(spend)}, indent=2))
        else:
            click.echo(models_table(health, spend))

    asyncio.run(show())


def show_spend(context: Context, *, by: str, since: str, until: str, as_json: bool) -> None:
    """What was used and what it cost."""
    days = {name: day for name, day in (("since", since), ("until", until)) if day}

    async def show() -> None:
        async with _wire(context) as wire:
            spend, budgets = await wire.spend(by, **days), await wire.budgets()
        if as_json:
            click.echo(json.dumps({**asdict(spend), **asdict(budgets)}, indent=2))
        else:
            click.echo(spend_table(spend, by.split(",")) + budgets_table(budgets))

    asyncio.run(show())


def show_log(context: Context, *, count: int, follow: bool, as_json: bool) -> None:
    """Who asked what; with `follow`, for ever."""

    async def show() -> None:
        async with _wire(context) as wire:
            currency = (await wire.health()).currency

            def tell(line: Line) -> None:
                click.echo(json.dumps(asdict(line)) if as_json else log_line(line, currency))

            for line in reversed(await wire.newest(count)):
                tell(line)
            if follow:
                async for line in wire.follow():
                    tell(line)

    asyncio.run(show())


def show_quality(context: Context, *, as_json: bool) -> None:
    """What was measured."""

    async def show() -> None:
        async with _wire(context) as wire:
            quality = await wire.quality()
        said = json.dumps(asdict(quality), indent=2) if as_json else ""
        click.echo(said or quality_text(quality))

    asyncio.run(show())


def ask_model(context: Context, model: str, prompt: str) -> None:
    """A question; the words of the answer as they come, then who answered and what it cost."""

    async def ask() -> None:
        async with _wire(context) as wire:
            async with wire.asked(model, prompt) as answer:
                async for said in answer.aiter_lines():
                    click.echo(words(said), nl=False)
            click.echo()
            its = await wire.one(answer.headers["x-request-id"])
            cost = money(its.cost, (await wire.health()).currency)
            told = (its.upstream, f"{its.input}+{its.output} tokens", f"{its.seconds:.1f} s", cost)
            click.secho(", ".join(told), dim=True, err=True)

    asyncio.run(ask())


def called(context: Context, ask: Callable[[Wire], Awaitable[T]]) -> T:
    """One question to the gateway."""

    async def call() -> T:
        async with _wire(context) as wire:
            return await ask(wire)

    return asyncio.run(call())


@asynccontextmanager
async def _wire(context: Context) -> AsyncIterator[Wire]:
    with context.open(only_read=True) as house:
        way = door(view(house), house.store)
    async with opened(way) as wire:
        yield wire
