"""Tar files: what is in a `docker save`, loading it, and secrets as an engine takes them."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path

from rackhouse.kit.errors import Missing, Refused
from rackhouse.kit.text import format_bytes
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.protocol import Say

_PIECE = 1 << 20
_SECRETS = "run/secrets"


async def names_in(archive: str, image: str) -> Collection[str]:
    """The tags that come with `image`, an id, when the archive is loaded.

    Missing when there is no such file, or the image is not in it; Refused when others are too.
    """
    try:
        images = await asyncio.to_thread(_read, archive)
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise Missing(
            f"no image can be read from it: {error}",
            where=archive,
            fix="make it with `docker save NAME --output FILE`",
        ) from error
    fix = f"it holds {', '.join(images) or 'nothing'}"
    if image not in images:
        raise Missing(f"the image {image} is not in this archive", where=archive, fix=fix)
    if len(images) > 1:
        raise Refused("an archive of more than one image", where=archive, fix=fix)
    return images[image]


async def load(engine: Engine, archive: str, say: Say) -> None:
    """Send the archive to the engine, which keeps what is in it."""
    size = await asyncio.to_thread(lambda: Path(archive).stat().st_size)
    say(f"loading {Path(archive).name} ({format_bytes(size)})")
    async for _ in engine.lines(
        "POST", "/images/load", query={"quiet": 1}, content=_pieces(archive)
    ):
        pass


def of_secrets(secrets: Mapping[str, str], user: str) -> bytes:
    """A tar, to be unpacked at /: each secret in a file that `user` (a number) alone may read."""
    uid, _, gid = (user or "0").partition(":")
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for folder in ("run", _SECRETS):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for name, value in secrets.items():
            content = value.encode()
            entry = tarfile.TarInfo(f"{_SECRETS}/{name}")
            entry.size, entry.mode = len(content), 0o400
            entry.uid, entry.gid = int(uid), int(gid or uid)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _read(archive: str) -> Mapping[str, Collection[str]]:
    """The images in it, by id, each with its tags. Docker's own format and OCI's have it alike."""
    with tarfile.open(archive) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        images = json.loads(manifest.read())
    return {
        "sha256:" + Path(image["Config"]).name.removesuffix(".json"): image["RepoTags"] or ()
        for image in images
    }


async def _pieces(archive: str) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(Path(archive).open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
