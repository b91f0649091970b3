"""`POST /v1/completions`: what the gateway reads of a text that is to be gone on with."""

from __future__ import annotations

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task


def read(payload: Payload, asker: Asker) -> Call:
    """The call. Each text of a list is answered, `best_of` times. BadRequest, Forbidden."""
    texts = parse.texts(payload.get("prompt"), "prompt")
    each = max(parse.choices(payload), parse.number(payload, "best_of", 128, 1))
    return asker.call(
        Task.COMPLETION,
        payload,
        stream=parse.flag(payload, "stream"),
        counts=parse.counts(payload),
        prompt=asker.size * each,
        answer=parse.answer(payload, "max_tokens") * texts * each,
        choices=texts * each,
    )
