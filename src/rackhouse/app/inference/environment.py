"""Variables of a compose service: addresses of its databases become placeholders. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.app.inference.draft import slug
from rackhouse.app.template import escape

_OUTSIDE = re.compile(r"\$\{(\w+)(?::?[-?+]([^}]*))?\}|\$(\w+)|\$(\$)")
_PARTS: Mapping[str, tuple[str, ...]] = {  # the rest of a name that begins as NAME_HOST does
    "host": ("HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS"),
    "port": ("PORT",),
    "username": ("USER", "USERNAME"),
    "password": ("PASSWORD", "PASS", "PASSWD"),
    "database": ("DB", "DATABASE", "NAME", "DBNAME"),
}
_S3: Mapping[str, tuple[str, ...]] = {
    "endpoint": ("ENDPOINT", "ENDPOINT_URL", "URL", "HOST"),
    "bucket": ("BUCKET", "BUCKET_NAME"),
    "region": ("REGION",),
    "access_key": ("ACCESS_KEY", "ACCESS_KEY_ID", "KEY", "USER"),
    "secret_key": ("SECRET_KEY", "SECRET_ACCESS_KEY", "SECRET", "PASSWORD"),
}
_URL = (
    "://${{resources.{need}.username}}:${{resources.{need}.password}}"
    "@${{resources.{need}.host}}:${{resources.{need}.port}}/${{resources.{need}.database}}"
)


@dataclass(frozen=True, slots=True)
class Environment:
    """`values` as written; `secrets` variable and need; `dropped`: what only the outside knows."""

    values: tuple[tuple[str, str], ...]
    secrets: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]


def environment(pairs: Mapping[str, str | None], taken: dict[str, str]) -> Environment:
    """Variables with compose's own `${NAME:-default}` resolved.

    One that comes whole from the outside is a secret that a person sets once; it is added to
    `taken`, the needs by name.
    """
    values, secrets, dropped = [], [], []
    for name, text in pairs.items():
        whole = _OUTSIDE.fullmatch(text) if text is not None else None
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", name):
            dropped.append(name)
        elif text is None or (whole and not whole[2] and not whole[4]):
            secrets.append((name, claim(taken, name, "secret")))
        elif any(not it[2] and not it[4] for it in _OUTSIDE.finditer(text)):
            dropped.append(name)
        else:
            values.append((name, _OUTSIDE.sub(lambda it: it[2] or it[4], text)))
    return Environment(tuple(values), tuple(secrets), tuple(dropped))


def claim(taken: dict[str, str], word: str, type_: str) -> str:
    """The name of the need that `word` means, longer where another type has it already."""
    name = slug(word, type_)
    while taken.setdefault(name, type_) != type_:
        name = f"{name}-{type_}"
    return name


def rewrite(space: Environment, known: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """The variables as sources of templates. `known`: service -> name and type of its resource."""
    begun = _prefixes(space, known)
    found = [(name, _value(name, text, begun, known)) for name, text in space.values]
    return found + [(name, f"${{resources.{need}.value}}") for name, need in space.secrets]


def _value(
    name: str,
    text: str,
    begun: Mapping[str, tuple[str, str]],
    known: Mapping[str, tuple[str, str]],
) -> str:
    if service := _address(text, known):
        need, type_ = known[service]
        scheme = text.partition("://")[0] if "://" in text else ""
        if "+" in scheme and type_ in {"postgres", "vector"}:
            return f"{scheme}{_URL.format(need=need)}"  # the driver that the program asks for
        output = "endpoint" if type_ == "s3" else "url" if scheme else "host"
        return f"${{resources.{need}.{output}}}"
    for prefix, (need, type_) in begun.items():
        for output, words in (_S3 if type_ == "s3" else _PARTS).items():
            cache = type_ == "redis" and output == "database"
            if name.removeprefix(prefix) in words and name.startswith(prefix) and not cache:
                return f"${{resources.{need}.{output}}}"
    return escape(text)


def _address(text: str, known: Mapping[str, tuple[str, str]]) -> str:
    """The service that an address names: `db`, `db:5432`, `postgres://u:p@db:5432/x`."""
    match = re.fullmatch(
        r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/]*@)?([\w.-]+)(?::\d+)?(?:[/?].*)?", text
    )
    return match[1] if match and match[1] in known else ""


def _prefixes(
    space: Environment, known: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """`PG` where PGHOST is `db`: what begins alike is about the same resource."""
    found = {}
    for name, text in space.values:
        service = _address(text, known)
        words = _S3["endpoint"] if service and known[service][1] == "s3" else _PARTS["host"]
        ending = next((word for word in words if service and name.endswith(word)), "")
        if ending and name != ending:
            found[name.removesuffix(ending)] = known[service]
    return found
