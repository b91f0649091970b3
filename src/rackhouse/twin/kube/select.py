"""Label and field selectors, as a query has them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rackhouse.twin.kube.answers import bad_request
from rackhouse.twin.kube.body import Body, at, labels_of

Test = Callable[[Body], bool]
_SET = re.compile(r"\s*(?P<key>[^\s=!,()]+)\s+(?P<how>in|notin)\s+\((?P<values>[^)]*)\)\s*")
_EQUAL = re.compile(r"\s*(?P<key>[^\s=!,()]+)\s*(?P<how>==|=|!=)\s*(?P<value>[^\s,()]*)\s*")
_HAS = re.compile(r"\s*(?P<not>!?)\s*(?P<key>[^\s=!,()]+)\s*")


def labels(text: str) -> Test:
    """`a=b,c!=d,e in (f,g),h,!i`. Raises Denied where it cannot be read."""
    tests = [_requirement(it) for it in re.split(r",(?![^()]*\))", text) if it.strip()]
    return lambda body: all(test(labels_of(body)) for test in tests)


def _requirement(text: str) -> Callable[[Mapping[str, str]], bool]:
    if found := _SET.fullmatch(text):
        key, values = found["key"], {it.strip() for it in found["values"].split(",")}
        if found["how"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if found := _EQUAL.fullmatch(text):
        key, value = found["key"], found["value"]
        if found["how"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := _HAS.fullmatch(text):
        key, absent = found["key"], bool(found["not"])
        return lambda labels: (key in labels) is not absent
    raise bad_request(f"unable to parse requirement: found '{text.strip()}'")


def fields(text: str) -> Test:
    """`metadata.name=a,status.phase!=Running`. Any field, where the server has a few."""
    tests = []
    for part in filter(None, text.split(",")):
        found = _EQUAL.fullmatch(part)
        if not found:
            raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
        tests.append((found["key"].split("."), found["how"] != "!=", found["value"]))
    return lambda body: all(
        (_text(at(body, *path)) == value) is equal for path, equal, value in tests
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """A LabelSelector as objects have it; none matches nothing, an empty one all."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(expression(it, labels) for it in selector.get("matchExpressions") or ())


def expression(said: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """One of matchExpressions, of a pod's labels or a node's."""
    have, values = labels.get(said["key"]), said.get("values") or []
    return {
        "In": have in values,
        "NotIn": have not in values,
        "Exists": have is not None,
        "DoesNotExist": have is None,
        "Gt": have is not None and have.isdigit() and int(have) > int((values or ["0"])[0]),
        "Lt": have is not None and have.isdigit() and int(have) < int((values or ["0"])[0]),
    }.get(said["operator"], False)
