"""`POST /v1/embeddings`: what the gateway reads of texts that vectors are wanted for."""

from __future__ import annotations

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest

_MOST = 2048  # texts at once, as OpenAI has it


def read(payload: Payload, asker: Asker) -> Call:
    """The call. BadRequest by its field, Forbidden."""
    if parse.texts(payload.get("input"), "input") > _MOST:
        what = f"`input` has more than {_MOST} texts"
        raise BadRequest(what, fix="send them in several requests", param="input")
    if payload.get("encoding_format") not in (None, "float", "base64"):
        raise BadRequest("`encoding_format` is neither float nor base64", param="encoding_format")
    return asker.call(Task.EMBEDDING, payload)
