"""A collection is filled from nothing, over HTTP, as an application does it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from rackhouse.services.retrieval.model.passage import Passage
from retrieving import serving

NAME = "verses"
_AT_ONCE = 1_000  # documents of one request, as many as it takes


def filled(address: str, passages: Sequence[Passage]) -> Iterator[tuple[float, dict[str, Any]]]:
    """The seconds since it began, and what the last job says of itself whenever that changes; the
    last time that is told is when all of it is found.
    """
    headers = {"authorization": f"Bearer {serving.TENANT}"}
    with httpx.Client(base_url=address, headers=headers, timeout=600) as client:
        client.put(f"/v1/collections/{NAME}", json={"language": "en"}).raise_for_status()
        began = time.perf_counter()
        jobs = [_posted(client, some) for some in _documents(passages)]
        for job in jobs:
            with client.stream("GET", f"/v1/jobs/{job}/events") as events:
                for line in events.iter_lines():
                    if line.startswith("data: "):
                        said = json.loads(line.removeprefix("data: "))
                        yield time.perf_counter() - began, said
            if said["state"] != "done":
                raise SystemExit(f"the job ended as {said['state']}: {said['said']}")


def _documents(passages: Sequence[Passage]) -> Iterator[list[dict[str, Any]]]:
    chapters: dict[str, list[dict[str, Any]]] = {}
    for each in passages:
        chapters.setdefault(each.document, []).append({"id": each.id, "texts": dict(each.texts)})
    whole = [{"id": it, "media": "passages", "passages": some} for it, some in chapters.items()]
    for at in range(0, len(whole), _AT_ONCE):
        yield whole[at : at + _AT_ONCE]


def _posted(client: httpx.Client, documents: list[dict[str, Any]]) -> str:
    answer = client.post(f"/v1/collections/{NAME}/documents", json={"documents": documents})
    return str(answer.raise_for_status().json()["job"])
