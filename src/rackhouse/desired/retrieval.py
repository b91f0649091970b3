"""Retrieval, for whoever searches texts: its file of tenants, and what one of them is told. Pure.

The shape of the file is the service's to say (`services/retrieval/service/tenants.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rackhouse.app import graph
from rackhouse.app.graph import RETRIEVAL
from rackhouse.app.model import Need, ResourceType
from rackhouse.desired import names
from rackhouse.desired.case import Ask, Ground, Provided
from rackhouse.desired.embedded.part import vault
from rackhouse.desired.folders import in_folder
from rackhouse.desired.models.holes import Value, dumps
from rackhouse.resources.core import Id, Text
from rackhouse.resources.vault import Password

_KEY_LENGTH = 40
_REFERENCES = "/v1/references"  # where a resolver answers

Service = Callable[[Ask], Provided]


def key_of(application: str, need: str) -> Id:
    """The key by which an application searches. All keys of one see the same collections."""
    return vault("secret", names.role(application, need))


def tenants(ask: Ask, service: Service) -> Provided:
    """The file, at a path that stays when it changes. `service` is how another application is
    reached there.
    """
    text, provided = file_of(ask, service)
    return in_folder(ask, "tenants.json", text, provided) if text.parts else provided


def file_of(ask: Ask, service: Service) -> tuple[Text, Provided]:
    """What the file says; no text where that was refused."""
    case = ask.case
    if case.entry.service != RETRIEVAL:
        return Text(), ask.say(
            "tenants-of-retrieval",
            "the file of tenants has the keys of every application, so retrieval alone has it",
            f"ask for a key: `{ask.need.name}: {{type: retrieval}}`",
        )
    each: list[Value] = [
        {"name": name, "key": key_of(name, need.name).ref("value")}
        for name, app in sorted(case.ground.apps.items())
        for need in app.needs
        if need.type is ResourceType.RETRIEVAL
    ]
    known: list[Value] = [
        {"name": need.id, "url": Text.of(reached.outputs["url"], _REFERENCES)}
        for need in resolvers(case.ground)
        if (reached := service(replace(ask, need=need, params={}))).outputs
    ]
    said: dict[str, Value] = {"tenants": each, **({"resolvers": known} if known else {})}
    return dumps(said), Provided()


def resolvers(ground: Ground) -> tuple[Need, ...]:
    """The applications that retrieval asks for references, each once. One that is not there is
    said where it is asked for.
    """
    needs = {need.id: need for app in ground.apps.values() for need in graph.resolvers(app)}
    return tuple(need for name, need in sorted(needs.items()) if name in ground.apps)


def retrieval(ask: Ask, service: Service) -> Provided:
    """Its address, and a key that sees the collections of this application alone. `service` is how
    another application is reached there.
    """
    case = ask.case
    entry = case.ground.entries.get(RETRIEVAL)
    if entry is None or entry.service != RETRIEVAL:
        return ask.say(
            "retrieval-missing",
            "texts are searched at the service retrieval, which this rack does not have",
            f"add `{RETRIEVAL}: {{service: {RETRIEVAL}}}` to `applications` of the rack file",
        )
    reached = service(replace(ask, params={}))
    if not reached.outputs:
        return reached
    if name := ask.params.get("resolver"):
        need = replace(ask.need, type=ResourceType.SERVICE, id=str(name))
        if not (known := service(replace(ask, need=need, params={}))).outputs:
            return known
    key = case.own(key_of(case.app.name, ask.need.name), Password(_KEY_LENGTH), keep=True)
    return Provided(
        resources=(*reached.resources, key),
        outputs={"url": reached.outputs["url"], "key": Text.of(key.id.ref("value"))},
        needs=reached.needs,
    )
