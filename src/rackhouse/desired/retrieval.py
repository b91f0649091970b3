"""Retrieval, for whoever searches texts: its file of tenants, and what one of them is told. Pure.

The shape of the file is the service's to say (`services/retrieval/service/tenants.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from rackhouse.app.graph import RETRIEVAL
from rackhouse.app.model import ResourceType
from rackhouse.desired import names
from rackhouse.desired.case import Ask, Provided
from rackhouse.desired.embedded.part import vault
from rackhouse.desired.folders import in_folder
from rackhouse.desired.models.holes import Value, dumps
from rackhouse.resources.core import Id, Text
from rackhouse.resources.vault import Password

_KEY_LENGTH = 40

Service = Callable[[Ask], Provided]


def key_of(application: str, need: str) -> Id:
    """The key by which an application searches. All keys of one see the same collections."""
    return vault("secret", names.role(application, need))


def tenants(ask: Ask) -> Provided:
    """The file, at a path that stays when it changes."""
    text, provided = file_of(ask)
    return in_folder(ask, "tenants.json", text, provided) if text.parts else provided


def file_of(ask: Ask) -> tuple[Text, Provided]:
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
    return dumps({"tenants": each}), Provided()


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
    reached = service(ask)
    if not reached.outputs:
        return reached
    key = case.own(key_of(case.app.name, ask.need.name), Password(_KEY_LENGTH), keep=True)
    return Provided(
        resources=(*reached.resources, key),
        outputs={"url": reached.outputs["url"], "key": Text.of(key.id.ref("value"))},
        needs=reached.needs,
    )
