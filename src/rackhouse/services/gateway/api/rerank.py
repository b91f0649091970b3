"""`POST /v1/rerank`: what the gateway reads of documents that are to be ordered by a question. The
form is the one that vLLM, llama.cpp and Jina share.
"""

from __future__ import annotations

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest


def read(payload: Payload, asker: Asker) -> Call:
    """The call. BadRequest by its field, Forbidden."""
    if not isinstance(payload.get("query"), str):
        raise BadRequest("`query` is no text", param="query")
    documents = parse.listed(payload, "documents")
    for index, each in enumerate(documents):
        text = each.get("text") if isinstance(each, dict) else each
        if not isinstance(text, str):
            at = f"documents[{index}]"
            raise BadRequest(f"`{at}` is neither a text nor an object with one", param=at)
    parse.number(payload, "top_n", 2**24, 1)
    # The question is read beside each document.
    prompt = asker.size + len(payload["query"].encode()) * len(documents)
    return asker.call(Task.RERANK, payload, prompt=prompt)
