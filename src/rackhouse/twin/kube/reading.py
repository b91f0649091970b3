"""GET, LIST and WATCH."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

from rackhouse.twin.kube import select
from rackhouse.twin.kube.answers import bad_request, gone, not_found
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.store import Change

_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start"
    " a new list without the continue parameter, or use the continue token in this response to"
    " retrieve the remainder of the results. Continuing with the provided token results in an"
    " inconsistent list - objects that were created, modified, or deleted between the time the"
    " first chunk was returned and now may show up in the list."
)
_BEAT = 0.5  # seconds after which a watch looks whether its time is over


def get(cluster: Cluster, ask: Ask) -> Body:
    """The object. Raises Denied where there is none."""
    found = cluster.store.get(ask.kind.resource, ask.namespace, ask.name)
    if found is None:
        raise not_found(ask.kind, ask.name)
    return shown(found, ask.kind)


def shown(body: Body, kind: Kind) -> Body:
    """As this version of the kind."""
    return body if body.get("apiVersion") == kind.api else {**body, "apiVersion": kind.api}


def listed(cluster: Cluster, ask: Ask) -> Body:
    """The list, or a part of it with a token for the next."""
    chosen, number, after = _chosen(ask), cluster.store.number, ("", "")
    if token := ask.query.get("continue"):
        number, after = _read_token(cluster, token)
    found = [it for it in cluster.store.all(ask.kind.resource, ask.namespace) if chosen(it)]
    found = [it for it in found if (namespace_of(it), name_of(it)) > after]
    metadata: Body = {"resourceVersion": str(number)}
    limit = int(ask.query.get("limit") or 0)
    if limit and len(found) > limit:
        metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
        metadata["continue"] = _token(number, found[-1])
    items = [shown(it, ask.kind) if ask.kind.custom else bare(it) for it in found]
    return {
        "kind": f"{ask.kind.kind}List",
        "apiVersion": ask.kind.api,
        "metadata": metadata,
        "items": items,
    }


def bare(body: Body) -> Body:
    """Items of built-in kinds say neither kind nor version; the list does."""
    return {key: it for key, it in body.items() if key not in {"apiVersion", "kind"}}


def _chosen(ask: Ask) -> select.Test:
    labels = select.labels(ask.query.get("labelSelector", ""))
    fields = select.fields(ask.query.get("fieldSelector", ""))
    return lambda body: labels(body) and fields(body) and ask.name in {"", name_of(body)}


def _token(number: int, last: Body) -> str:
    said = {"v": "meta.k8s.io/v1", "rv": number, "start": [namespace_of(last), name_of(last)]}
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _read_token(cluster: Cluster, token: str) -> tuple[int, tuple[str, str]]:
    try:
        said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        number, start = int(said["rv"]), (str(said["start"][0]), str(said["start"][1]))
    except (ValueError, KeyError, TypeError, IndexError):
        raise bad_request("invalid continue token: continue key is not valid") from None
    if number < cluster.store.forgotten:
        raise gone(_EXPIRED)
    return number, start


async def watched(cluster: Cluster, ask: Ask) -> AsyncIterator[Body]:
    """Changes from the number asked for on, until the time asked for is over."""
    chosen, seen = _chosen(ask), int(ask.query.get("resourceVersion") or 0)
    left = float(ask.query.get("timeoutSeconds") or 1800)
    if not seen:
        seen = cluster.store.number
        for body in cluster.store.all(ask.kind.resource, ask.namespace):
            if chosen(body):
                yield _event("ADDED", shown(body, ask.kind))
    while left > 0:
        if seen < cluster.store.forgotten:
            error = gone(f"too old resource version: {seen} ({cluster.store.forgotten})")
            yield _event("ERROR", error.body())
            return
        for change in cluster.store.since(seen):
            seen = change.number
            if what := _seen(change, ask, chosen):
                yield _event(what, shown(change.body, ask.kind))
        await cluster.store.more(min(_BEAT, left))
        left -= _BEAT
    if ask.query.get("allowWatchBookmarks") == "true":
        last = {"metadata": {"resourceVersion": str(seen)}}
        yield _event("BOOKMARK", {"kind": ask.kind.kind, "apiVersion": ask.kind.api, **last})


def _seen(change: Change, ask: Ask, chosen: select.Test) -> str:
    """What a change is to one who watches only some."""
    if change.resource != ask.kind.resource:
        return ""
    if ask.namespace and namespace_of(change.body) != ask.namespace:
        return ""
    is_mine = change.what != "DELETED" and chosen(change.body)
    was_mine = change.before is not None and chosen(change.before)
    if is_mine:
        return "MODIFIED" if was_mine else "ADDED"
    return "DELETED" if was_mine else ""


def _event(what: str, body: Any) -> Body:
    return {"type": what, "object": body}


def only_metadata(body: Body) -> Body:
    """PartialObjectMetadata, or a list of it."""
    api = "meta.k8s.io/v1"
    if "items" in body:
        items = [only_metadata(it) for it in body["items"]]
        return {**body, "kind": "PartialObjectMetadataList", "apiVersion": api, "items": items}
    return {"kind": "PartialObjectMetadata", "apiVersion": api, "metadata": body["metadata"]}
