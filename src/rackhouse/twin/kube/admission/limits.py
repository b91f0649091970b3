"""LimitRange: what containers have that say nothing, and how much they may."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.twin.kube.answers import forbidden
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, meta, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.quantities import parse

_NOTE, _SET = "kubernetes.io/limit-ranger", "LimitRanger plugin set: "
_PARTS = ("containers", "initContainers")


def filled(cluster: Cluster, ask: Ask, body: Body) -> Body:
    """A pod with the defaults of its namespace."""
    said: list[str] = []
    for limit in _limits(cluster, ask.namespace):
        spec = dict(body["spec"])
        for part in _PARTS:
            if part in spec:
                made = [(it, _container(it, limit)) for it in spec[part]]
                said += [words for pair in made for words in _given(*pair)]
                spec[part] = [new for _, new in made]
        body = {**body, "spec": spec}
    if not said:
        return body
    notes = {**(at(body, "metadata", "annotations") or {}), _NOTE: _SET + "; ".join(said)}
    return meta(body, annotations=notes)


def _given(old: Body, new: Body) -> Iterator[str]:
    for part in ("requests", "limits"):
        had, has = (at(it, "resources", part) or {} for it in (old, new))
        for key in sorted(set(has) - set(had)):
            yield f"{key} {part.removesuffix('s')} for container {old['name']}"


def _limits(cluster: Cluster, namespace: str) -> Iterator[Body]:
    for held in cluster.store.all("limitranges", namespace):
        for limit in at(held, "spec", "limits") or ():
            if limit["type"] == "Container":
                yield limit


def _container(it: Body, limit: Body) -> Body:
    own = it.get("resources") or {}
    default = limit.get("default") or limit.get("max") or {}
    limits = {**default, **(own.get("limits") or {})}
    asked = limit.get("defaultRequest") or default
    requests = {**asked, **(own.get("limits") or {}), **(own.get("requests") or {})}
    found = {"limits": limits, "requests": requests}
    return {**it, "resources": {**own, **{key: said for key, said in found.items() if said}}}


def check(cluster: Cluster, ask: Ask, body: Body) -> None:
    """Raises Denied where a container asks for more than it may."""
    said = [
        words
        for limit in _limits(cluster, ask.namespace)
        for part in _PARTS
        for it in body["spec"].get(part) or ()
        for words in _over(it.get("resources") or {}, limit)
    ]
    if said:
        why = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
        raise forbidden(ask.kind, name_of(body), why)


def _over(own: Body, limit: Body) -> Iterator[str]:
    for key, most in (limit.get("max") or {}).items():
        has = (own.get("limits") or {}).get(key)
        if has is None:
            yield f"maximum {key} usage per Container is {most}.  No limit is specified"
        elif parse(has) > parse(most):
            yield f"maximum {key} usage per Container is {most}, but limit is {has}"
    for key, least in (limit.get("min") or {}).items():
        has = (own.get("requests") or {}).get(key)
        if has is None:
            yield f"minimum {key} usage per Container is {least}.  No request is specified"
        elif parse(has) < parse(least):
            yield f"minimum {key} usage per Container is {least}, but request is {has}"
