"""One image of several architectures: what each builder pushed, listed in an index of its own.

https://github.com/opencontainers/image-spec/blob/main/image-index.md. An index is named by its
digest, and so is a release.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from rackhouse.kit.errors import Missing, Refused, Unavailable
from rackhouse.kit.files import read_text

INDEX = "application/vnd.oci.image.index.v1+json"
_DESCRIPTOR, _NAME = "containerimage.descriptor", "image.name"
_AGAIN = "run the lines that `rackhouse image` prints"
_PATIENCE = 60.0  # seconds for an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What one builder pushed: `descriptor` is that of its manifest, as BuildKit tells it."""

    platform: str  # linux/arm64
    name: str  # git.home.arpa/home/hello
    descriptor: Mapping[str, Any]


def told(file: Path, platform: str) -> Built:
    """What `buildctl --metadata-file` says. Missing where nothing was built."""
    try:
        said = json.loads(read_text(file) or "")
        found = said[_DESCRIPTOR]
        about = {key: found[key] for key in ("mediaType", "digest", "size")}
        return Built(platform=platform, name=str(said[_NAME]), descriptor=about)
    except (ValueError, KeyError, TypeError) as error:
        raise Missing(f"nothing was built for {platform}", where=str(file), fix=_AGAIN) from error


def all_told(files: Mapping[str, Path]) -> list[Built]:
    """What each builder says. Missing where nothing was built; Refused where they pushed it
    to several places, so that no one image is of it all.
    """
    if not files:
        raise Missing("nothing was built", fix=_AGAIN)
    found = [told(file, platform) for platform, file in files.items()]
    if len(names := {it.name for it in found}) > 1:
        listed = " and ".join(sorted(names))
        raise Refused(f"it was built as {listed}", fix=f"{_AGAIN}, all with one --name")
    return found


def index(built: list[Built]) -> bytes:
    """The index, canonical: the same for the same images."""
    manifests = []
    for it in sorted(built, key=lambda each: each.platform):
        platform = dict(
            zip(("os", "architecture", "variant"), it.platform.split("/"), strict=False)
        )
        manifests.append({**it.descriptor, "platform": platform})
    said = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


async def push(
    built: list[Built], login: str, transport: httpx.AsyncBaseTransport | None = None
) -> str:
    """Have the registry list them; the image by its digest. `login` is `USER:PASSWORD`, which
    Gitea's registry takes as it is. Of one builder there is nothing to list.
    """
    name = built[0].name
    if len(built) == 1:
        return f"{name}@{built[0].descriptor['digest']}"
    host, _, repository = name.partition("/")
    body = index(built)
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    user, _, password = login.partition(":")
    async with httpx.AsyncClient(
        base_url=f"https://{host}", auth=(user, password), transport=transport, timeout=_PATIENCE
    ) as http:
        path = f"/v2/{repository}/manifests/{digest}"
        try:
            answer = await http.put(path, content=body, headers={"content-type": INDEX})
        except (httpx.HTTPError, OSError) as error:
            fix = f"reach https://{host} from here; SSL_CERT_FILE names whom it is trusted by"
            what = f"the registry does not answer: {error}"
            raise Unavailable(what, where=host, fix=fix) from error
    if answer.status_code in {401, 403}:
        raise Refused("the registry does not let this login push", where=name, fix="log in to it")
    if answer.is_error:
        fix = "run it again; the registry's own log says more"
        raise Unavailable(f"the registry answers {answer.status_code}", where=name, fix=fix)
    return f"{name}@{digest}"


def login_to(host: str) -> str:
    """What `docker login` or BuildKit's client uses, of the file that both read. Missing."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    try:
        said = json.loads(read_text(folder / "config.json") or "{}")
        return base64.b64decode(said["auths"][host]["auth"]).decode()
    except (ValueError, KeyError, TypeError) as error:
        fix = "write it as `docker login` does: auths.HOST.auth"
        where = str(folder / "config.json")
        raise Missing(f"it has no login to {host}", where=where, fix=fix) from error
