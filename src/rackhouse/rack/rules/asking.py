"""Rules about who may ask models for what, and at what price. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.asking import TokenPrice
from rackhouse.rack.model import Application, Rack
from rackhouse.rack.models import Local, Model, Outside
from rackhouse.rack.rules.finding import Finding, Findings
from rackhouse.rack.values import Amount, Price

# Where they answer, without /v1; what speaks its own language is a kind of the gateway's own.
PROVIDERS: Mapping[str, tuple[str, str]] = {
    "anthropic": ("anthropic", "https://api.anthropic.com"),
    "deepseek": ("compatible", "https://api.deepseek.com"),
    "groq": ("compatible", "https://api.groq.com/openai"),
    "mistral": ("compatible", "https://api.mistral.ai"),
    "openai": ("openai", "https://api.openai.com"),
    "openrouter": ("compatible", "https://openrouter.ai/api"),
}

_OF_A_SERVER = ("abilities", "context", "slots", "queue", "first_byte")
_OF_AN_API = ("url", "budget", "price", "next_price")


def currencies_that_differ(rack: Rack) -> Findings:
    """A budget is kept by adding prices up, and nobody here knows what a dollar is worth today."""
    first = ""
    for path, each in money(rack):
        first = first or each.currency
        if each.currency != first:
            what = f"this is in {each.currency}, and other money of models in {first}"
            yield Finding(path, what, f"write all of it in {first}, or all in {each.currency}")


def budget_without_price(rack: Rack, at: tuple[Model, int, Outside]) -> Findings:
    """What has no price cannot be counted, so that a budget would refuse every request."""
    model, number, outside = at
    if outside.budget and outside.price is None and rack.gateway.unpriced is None:
        path = f"models.{model.name}.fall_back[{number}].budget"
        what = f"{outside.model} has a budget, and no price to count it by"
        fix = "add `price: {input: 0.22 EUR, output: 1.75 EUR}`, of a million tokens"
        yield Finding(path, what, fix)


def next_price_without_a_day(_: Rack, at: tuple[Model, int, Outside]) -> Findings:
    """A price that is to come begins some day, later than the one of today."""
    model, number, outside = at
    price, coming = outside.price, outside.next_price
    if coming is not None and (price is None or coming.since <= price.since):
        path = f"models.{model.name}.fall_back[{number}].next_price"
        what = "it does not begin after `price`"
        yield Finding(path, what, "add the day to it: `since: 2026-12-01`")


def provider_without_address(_: Rack, at: tuple[Model, int, Outside]) -> Findings:
    """A few providers are known by their names; any other needs an address."""
    model, number, outside = at
    if outside.provider not in PROVIDERS and not outside.url:
        near = did_you_mean(outside.provider, PROVIDERS).strip()
        path = f"models.{model.name}.fall_back[{number}].provider"
        what = f"nobody knows where {outside.provider!r} answers"
        yield Finding(path, what, near or f"add its `url`; known are {', '.join(PROVIDERS)}")


def unknown_caller(rack: Rack, at: tuple[str, Local | Outside]) -> Findings:
    """A misspelt application would never be let to what is meant for it."""
    path, it = at
    known = [entry.name for entry in rack.applications]
    for caller in it.when.callers if it.when else ():
        near = did_you_mean(caller, known).strip()
        if near and caller not in known:  # keys have names too, which the file does not know
            what = f"no application is called {caller!r}"
            yield Finding(f"{path}.when.callers", what, near)


def prompt_of_no_length(_: Rack, at: tuple[str, Local | Outside]) -> Findings:
    """A condition that no request meets keeps a model from ever being asked."""
    path, it = at
    if it.when and 0 < it.when.at_most < it.when.at_least:
        what = f"no prompt has at least {it.when.at_least} and at most {it.when.at_most} tokens"
        yield Finding(f"{path}.when.at_most", what, "exchange the two")


def one_server_said_otherwise(rack: Rack) -> Findings:
    """What several names ask for is one server with one queue, and cannot be two things at once."""
    first: dict[tuple[str, ...], tuple[str, object]] = {}
    for path, it in candidates(rack):
        local = isinstance(it, Local)
        server = (it.engine, it.node, str(it.port)) if isinstance(it, Local) else (it.provider,)
        for word in _OF_A_SERVER if local else (*_OF_A_SERVER, *_OF_AN_API):
            if value := getattr(it, word):
                at, other = first.setdefault((*server, it.model, word), (path, value))
                if other != value:
                    what = f"{at} says another {word} of the same server"
                    yield Finding(f"{path}.{word}", what, "say it at one of the two, for both")


def shadow_without_budget(rack: Rack, model: Model) -> Findings:
    """Comparing asks twice, and the second answer of an outside API costs money that nobody set."""
    if model.shadow and model.fall_back and rack.gateway.shadow_budget is None:
        what = "requests would be answered twice, for money, without a limit"
        fix = "add `gateway: {shadow_budget: 1 EUR/month}`"
        yield Finding(f"models.{model.name}.shadow", what, fix)


def model_that_nobody_may_ask(rack: Rack, application: Application) -> Findings:
    """A permission for a model that the file does not have permits nothing."""
    known = [model.name for model in rack.models]
    for name in application.models.may_ask if application.models else ():
        if name not in known:
            near = did_you_mean(name, known).strip()
            path = f"applications.{application.name}.models.may_ask"
            yield Finding(path, f"there is no model {name!r}", near or "add it under `models`")


def candidates(rack: Rack) -> Iterator[tuple[str, Local | Outside]]:
    """Whoever may answer, with its path in the file."""
    for model in rack.models:
        for number, local in enumerate(model.prefer):
            yield f"models.{model.name}.prefer[{number}]", local
        for number, outside in enumerate(model.fall_back):
            yield f"models.{model.name}.fall_back[{number}]", outside


def money(rack: Rack) -> Iterator[tuple[str, Amount | Price]]:
    """Every amount that the gateway counts, with its path in the file."""
    for model in rack.models:
        yield from _said(f"models.{model.name}", budget=model.budget)
        for n, it in enumerate(model.fall_back):
            at = f"models.{model.name}.fall_back[{n}]"
            yield from _said(at, budget=it.budget)
            yield from _price(f"{at}.price", it.price)
            yield from _price(f"{at}.next_price", it.next_price)
    for entry in rack.applications:
        if entry.models is not None:
            yield from _said(f"applications.{entry.name}.models", budget=entry.models.budget)
    yield from _price("gateway.unpriced", rack.gateway.unpriced)
    yield from _said("gateway", shadow_budget=rack.gateway.shadow_budget)


def _price(path: str, price: TokenPrice | None) -> Iterator[tuple[str, Amount | Price]]:
    if price is not None:
        yield from _said(path, input=price.input, output=price.output, cached=price.cached)


def _said(path: str, **each: Amount | Price | None) -> Iterator[tuple[str, Amount | Price]]:
    yield from ((f"{path}.{name}", it) for name, it in each.items() if it is not None)
