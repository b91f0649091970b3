"""What a Secret and a ConfigMap have to be. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.rules import words

_MOST = 1024 * 1024  # bytes of all values together
_KEY = "[-._a-zA-Z0-9]+"
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def config_map(body: Body) -> Iterator[Cause]:
    """Keys that can be names of files, and no more than a MiB."""
    data, binary = body.get("data") or {}, body.get("binaryData") or {}
    for part, values in (("data", data), ("binaryData", binary)):
        for key in values:
            yield from _key(part, key)
    size = sum(len(it.encode()) for it in data.values()) + sum(map(_size, binary.values()))
    if size > _MOST:
        yield _too_long("[]")


def secret(body: Body) -> Iterator[Cause]:
    """The same, and what its type asks for."""
    data = body.get("data") or {}
    for key in data:
        yield from _key("data", key)
    if sum(map(_size, data.values())) > _MOST:
        yield _too_long("data")
    for key in _NEEDS.get(body.get("type", ""), ()):
        if key not in data:
            yield words.required(f"data[{key}]")


def _key(part: str, key: str) -> Iterator[Cause]:
    if not re.fullmatch(_KEY, key):
        why = (
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
            f" 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{_KEY}')"
        )
        yield words.invalid(f"{part}[{key}]", key, why)


def _size(encoded: str) -> int:
    return len(base64.b64decode(encoded))


def _too_long(field: str) -> Cause:
    message = f"Too long: may not be more than {_MOST} bytes"
    return Cause(field, message, "FieldValueTooLong")
