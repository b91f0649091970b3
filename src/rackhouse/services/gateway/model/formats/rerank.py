"""Documents ordered by a question: the form that servers share, and text-embeddings-inference's."""

from __future__ import annotations

from typing import Any

import msgspec

from rackhouse.services.gateway.model.call import Payload


class Scored(msgspec.Struct):
    """How well the text of that number fits."""

    index: int
    score: float


_scores = msgspec.json.Decoder(list[Scored]).decode


def texts(payload: Payload) -> list[str]:
    """The documents, each a text or an object with one."""
    return [each["text"] if isinstance(each, dict) else each for each in payload["documents"]]


def asked(payload: Payload, some: list[str]) -> Payload:
    """What text-embeddings-inference is asked of some of the texts."""
    return {"query": payload["query"], "texts": some, "truncate": True}


def scores(body: bytes, texts: int) -> list[Scored]:
    """What it said of so many texts. ValueError for anything else."""
    try:
        found = _scores(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("answered what is no list of scores") from error
    if sorted(each.index for each in found) != list(range(texts)):
        raise ValueError("scored other texts than it was sent")
    return found


def answer(payload: Payload, model: str, found: list[Scored], tokens: int) -> bytes:
    """The form that servers share, best first."""
    given = texts(payload)
    best = sorted(found, key=lambda each: -each.score)[: payload.get("top_n") or len(given)]
    with_texts = payload.get("return_documents") is not False
    results: list[dict[str, Any]] = []
    for each in best:
        result: dict[str, Any] = {"index": each.index, "relevance_score": each.score}
        if with_texts:
            result["document"] = {"text": given[each.index]}
        results.append(result)
    return msgspec.json.encode(
        {"model": model, "results": results, "usage": {"total_tokens": tokens}}
    )
