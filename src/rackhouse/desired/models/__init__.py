"""Models, for whoever asks: the gateway's one file, and what an application is told of it. Pure.

The file is rendered from the rack file alone: what may answer for which name, whose keys there are,
what may be spent. Its shape is the gateway's to say (`services/gateway/model/config.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from rackhouse.app.graph import GATEWAY
from rackhouse.app.model import Need, ResourceType
from rackhouse.desired import names
from rackhouse.desired.case import Ask, Case, Provided
from rackhouse.desired.embedded.part import vault
from rackhouse.desired.folders import in_folder
from rackhouse.desired.models.rendered import rendered
from rackhouse.desired.models.upstreams import Where, chats, here
from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Text
from rackhouse.resources.vault import Password

ADMIN = vault("secret", f"{GATEWAY}.admin")  # the key of the console and the command line
_KEY_LENGTH = 40

Service = Callable[[Ask], Provided]


def key_of(application: str, need: str) -> Id:
    """The key by which an application asks for models."""
    return vault("secret", names.role(application, need))


def keys_of(rack: Rack) -> frozenset[str]:
    """`gateway.openai`: every secret that a person gives for a provider that the file names."""
    each = (it for model in rack.models for it in model.fall_back)
    return frozenset(f"{GATEWAY}.{it.provider}" for it in each if not it.url)


def models(ask: Ask) -> Provided:
    """The file, at a path that stays when it changes: the gateway looks at it again by itself."""
    text, provided = file_of(ask, here)
    return in_folder(ask, "models.json", text, provided) if text.parts else provided


def file_of(ask: Ask, where: Where) -> tuple[Text, Provided]:
    """What the file says, and what it takes its values from; no text where that was refused.
    `where` answers the address of a model server.
    """
    case = ask.case
    if case.entry.service != GATEWAY:
        return Text(), ask.say(
            "models-of-the-gateway",
            "the file of models has the keys of every application, so the gateway alone has it",
            f"ask for a model: `{ask.need.name}: {{type: llm}}`",
        )
    admin = case.own(ADMIN, Password(_KEY_LENGTH), keep=True)
    text, given = rendered(ask, where, ADMIN, _asking(case))
    return text, Provided(resources=(admin, *given))


def _asking(case: Case) -> tuple[tuple[str, Need, Id], ...]:
    """Every need of a model: application, need, key."""
    return tuple(
        (name, need, key_of(name, need.name))
        for name, app in sorted(case.ground.apps.items())
        for need in app.needs
        if need.type is ResourceType.LLM
    )


def llm(ask: Ask, service: Service) -> Provided:
    """A name to ask for, the gateway's address, and a key of the application's own. `service` is
    how another application is reached there.
    """
    case, models = ask.case, ask.case.ground.rack.models
    if GATEWAY not in case.ground.apps and GATEWAY not in case.ground.entries:
        return ask.say(
            "llm-without-gateway",
            "models are asked for at the gateway, which this rack does not have",
            f"add `{GATEWAY}: {{service: {GATEWAY}}}` to `applications` of the rack file",
        )
    known = [model.name for model in models]
    usual = [model.name for model in models if chats(model)] or known
    name = str(ask.params.get("model", usual[0] if usual else ""))
    if name not in known:
        what = f"the rack file has no model {name!r}" if name else "the rack file has no models"
        return ask.say(
            "llm-unknown",
            f"{what}.{did_you_mean(name, known)}",
            f"name one of {', '.join(known)}" if known else "add one under `models`",
        )
    reached = service(ask)
    if not reached.outputs:
        return reached
    key = case.own(key_of(case.app.name, ask.need.name), Password(_KEY_LENGTH), keep=True)
    return Provided(
        resources=(*reached.resources, key),
        outputs={
            "url": Text.of(reached.outputs["url"], "/v1"),
            "key": Text.of(key.id.ref("value")),
            "model": Text.of(name),
        },
        needs=reached.needs,
    )
