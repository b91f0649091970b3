"""Rules of names, labels and annotations, in the words of apimachinery's `validation`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.rules import words

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SERVICE = "[a-z]([-a-z0-9]*[a-z0-9])?"
_NOTES = 256 * 1024  # bytes of all annotations together

_NO_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
    " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
    f" validation is '{_LABEL}')"
)
_NO_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
    " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
    f" validation is '{_LABEL}(\\.{_LABEL})*')"
)
_NO_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
    " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
    f" '12345', regex used for validation is '{_VALUE}')"
)
_NO_QUALIFIED = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
    " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
    f" validation is '{_QUALIFIED}')"
)
_AS_LABEL = frozenset({"namespaces", "services"})
_FREE = frozenset(
    f"{it}.rbac.authorization.k8s.io"
    for it in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
)


def causes(kind: Kind, body: Body) -> Iterator[Cause]:
    """Everything that is wrong with the object's metadata."""
    name = name_of(body)
    if not name:
        yield Cause(
            "metadata.name",
            "Required value: name or generateName is required",
            "FieldValueRequired",
        )
    else:
        yield from _name(kind, name)
    yield from of_labels(at(body, "metadata", "labels"), "metadata.labels")
    for it in at(body, "metadata", "ownerReferences") or ():
        if not it.get("uid"):
            yield words.invalid("metadata.ownerReferences.uid", "", "must not be empty")
    notes = at(body, "metadata", "annotations") or {}
    for key in notes:
        yield from _key(key, "metadata.annotations", lower=True)
    size = sum(len(key.encode()) + len(str(it).encode()) for key, it in notes.items())
    if size > _NOTES:
        message = f"Too long: may not be more than {_NOTES} bytes"
        yield Cause("metadata.annotations", message, "FieldValueTooLong")


def _name(kind: Kind, name: str) -> Iterator[Cause]:
    if kind.resource in _AS_LABEL:
        yield from dns_label(name, "metadata.name")
    elif kind.resource in _FREE:
        if name in {".", ".."} or "/" in name or "%" in name:
            yield words.invalid("metadata.name", name, "may not contain '/'")
    else:
        yield from dns_subdomain(name, "metadata.name")


def dns_label(value: str, field: str) -> Iterator[Cause]:
    """Of at most 63 characters, without dots."""
    if len(value) > 63:
        yield words.invalid(field, value, "must be no more than 63 characters")
    if not re.fullmatch(_LABEL, value):
        yield words.invalid(field, value, _NO_LABEL)


def dns_subdomain(value: str, field: str) -> Iterator[Cause]:
    """Of at most 253 characters, labels with dots between."""
    if len(value) > 253:
        yield words.invalid(field, value, "must be no more than 253 characters")
    if not re.fullmatch(_SUBDOMAIN, value):
        yield words.invalid(field, value, _NO_SUBDOMAIN)


def of_labels(labels: Mapping[str, Any] | None, field: str) -> Iterator[Cause]:
    """Keys and values."""
    for key, value in (labels or {}).items():
        yield from _key(key, field)
        if len(str(value)) > 63:
            yield words.invalid(field, value, "must be no more than 63 characters")
        if not re.fullmatch(_VALUE, str(value)):
            yield words.invalid(field, value, _NO_VALUE)


def _key(key: str, field: str, *, lower: bool = False) -> Iterator[Cause]:
    prefix, slash, name = key.rpartition("/")
    if slash and not re.fullmatch(_SUBDOMAIN, prefix.lower() if lower else prefix):
        yield words.invalid(field, key, f"prefix part {_NO_SUBDOMAIN}")
    if len(name) > 63:
        yield words.invalid(field, key, "name part must be no more than 63 characters")
    if not re.fullmatch(_QUALIFIED, name):
        yield words.invalid(field, key, _NO_QUALIFIED)
