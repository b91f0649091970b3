"""A registry of images, asked by its HTTP API what a tag stands for.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md, and for the token
https://distribution.github.io/distribution/spec/auth/token/. Nobody signs in. What it answers is
believed only where its digest is that of the bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from rackhouse.desired.platform.pins import Pin
from rackhouse.kit.errors import HostError, Missing, RackhouseError, Unavailable
from rackhouse.operations.platform.names import Name, is_loopback

_INDEX = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFEST = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_LARGEST = 4 << 20  # bytes of an answer: manifests are a few thousand
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 401, 403, 404, 429


async def resolve(http: httpx.AsyncClient, name: Name, bases: Sequence[str]) -> Pin:
    """What the tag stands for, as the first of `bases` says that has it.

    Missing where none has it, Unavailable where none answers, HostError where one answers nonsense.
    """
    failure: RackhouseError | None = None
    for base in bases:
        try:
            return await _resolved(http, name, base)
        except (httpx.HTTPError, OSError) as error:
            what = f"{base} does not answer: {str(error) or type(error).__name__}"
            failure = Unavailable(what)
        except RackhouseError as error:
            failure = error
    assert failure is not None
    raise failure


async def _resolved(http: httpx.AsyncClient, name: Name, base: str) -> Pin:
    tag = f"{base}/{name.repository}/manifests/{name.tag}"
    answer, body = await _get(http, tag, (*_INDEX, *_MANIFEST))
    digest = _checked(answer, body)
    said = _json(body, base)
    manifests = said.get("manifests")
    if isinstance(manifests, list):
        return Pin(digest=digest, architectures=_architectures(manifests, base))
    config = f"{base}/{name.repository}/blobs/{_text(said, 'config', 'digest')}"
    _, about = await _get(http, config, ("*/*",))
    architecture = str(_json(about, base).get("architecture", ""))
    return Pin(digest=digest, architectures={architecture: digest} if architecture else {})


async def _get(http: httpx.AsyncClient, url: str, takes: Sequence[str]) -> tuple[Any, bytes]:
    headers = {"Accept": ", ".join(takes)}
    answer, body = await _read(http, url, headers)
    if answer.status_code == _UNAUTHORIZED:
        token = await _token(http, answer.headers.get("WWW-Authenticate", ""), url)
        answer, body = await _read(http, url, {**headers, "Authorization": f"Bearer {token}"})
    _check(answer, url)
    return answer, body


async def _read(
    http: httpx.AsyncClient, url: str, headers: Mapping[str, str]
) -> tuple[httpx.Response, bytes]:
    async with http.stream("GET", url, headers=dict(headers)) as answer:
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > _LARGEST:
                raise HostError(f"{url} answers with more than a manifest can be")
        return answer, bytes(body)


async def _token(http: httpx.AsyncClient, challenge: str, url: str) -> str:
    """The token that everybody is given, from whom the registry names; never in the clear."""
    said = dict(_CHALLENGE.findall(challenge))
    realm = urlsplit(said.get("realm", ""))
    plain = realm.scheme == "http" and is_loopback(realm.hostname or "")
    if not challenge.lower().startswith("bearer") or not (realm.scheme == "https" or plain):
        raise Unavailable(f"{urlsplit(url).netloc} lets nobody in without a password")
    asked = {key: said[key] for key in ("service", "scope") if key in said}
    answer = await http.get(said["realm"], params=asked)
    _check(answer, said["realm"])
    found = _json(answer.content, said["realm"])
    return str(found.get("token") or found.get("access_token") or "")


def _check(answer: httpx.Response, url: str) -> None:
    host, code = urlsplit(url).netloc, answer.status_code
    if code == _NOT_FOUND:
        raise Missing(f"{host} has no such image")
    if code == _TOO_MANY:
        raise Unavailable(f"{host} has been asked too often from here; it answers again later")
    if code in {_UNAUTHORIZED, _FORBIDDEN}:
        raise Unavailable(f"{host} lets nobody see it without signing in")
    if answer.is_error:
        raise Unavailable(f"{host} answers {code}")


def _checked(answer: httpx.Response, body: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if answer.headers.get("Docker-Content-Digest", digest) != digest:
        raise HostError(f"{answer.url.host} sent something else than the digest that it names")
    return digest


def _architectures(manifests: Sequence[Any], base: str) -> dict[str, str]:
    """By architecture, of Linux alone; the oldest variant, which each newer machine runs too."""
    found: dict[str, tuple[str, str]] = {}
    for each in manifests:
        platform = each.get("platform", {}) if isinstance(each, dict) else {}
        if platform.get("os") == "linux":
            name, variant = str(platform.get("architecture", "")), str(platform.get("variant", ""))
            mine = (variant, _text(each, "digest"))
            found[name] = min(mine, found.get(name, mine))
    if not found:
        raise HostError(f"{base} lists no image for Linux")
    return {name: digest for name, (_, digest) in sorted(found.items())}


def _json(body: bytes, where: str) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise HostError(f"what answers at {where} is no registry")
    return said


def _text(said: Mapping[str, Any], *path: str) -> str:
    found: Any = said
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or not re.fullmatch(r"sha256:[0-9a-f]{64}", found):
        raise HostError("it names an image by no digest of SHA-256")
    return found
