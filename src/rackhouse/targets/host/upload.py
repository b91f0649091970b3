"""A file of this machine, sent to a host in pieces. What is there already is not sent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path
from typing import BinaryIO

from rackhouse.kit.errors import Missing
from rackhouse.kit.text import format_bytes
from rackhouse.resources.host import Download
from rackhouse.targets.host.conversation import Conversation
from rackhouse.targets.protocol import Say

_PIECE = 256 * 1024  # bytes


async def upload(spec: Download, talk: Conversation, where: str, say: Say) -> None:
    """Send the file that `spec.source` names, if it is one of ours and is not there yet."""
    if spec.source.startswith("https://"):
        return
    ask = {"path": spec.path, "sha256": spec.sha256}
    if await talk.ask({"do": "has", **ask}, where, say):
        return
    with _open(Path(spec.source), where) as file:
        await asyncio.to_thread(_check, file, spec, where)
        size, offset = file.seek(0, 2), file.seek(0)
        say(f"sending {Path(spec.source).name} ({format_bytes(size)})")
        while data := file.read(_PIECE):
            piece = {"do": "receive", **ask, "offset": offset}
            piece["data"] = base64.b64encode(data).decode()
            await talk.ask(piece, where, say)
            offset += len(data)


def _open(path: Path, where: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        what = f"{path} of this machine: {(error.strerror or str(error)).lower()}"
        raise Missing(what, where=where, fix="see `source`, or fetch that file first") from error


def _check(file: BinaryIO, spec: Download, where: str) -> None:
    """Before it travels."""
    body = hashlib.sha256()
    while data := file.read(1 << 20):
        body.update(data)
    found = body.hexdigest()
    if found != spec.sha256:
        what = f"{spec.source} is not the file that is wanted: its SHA-256 is {found}"
        raise Missing(what, where=where, fix=f"wanted {spec.sha256}: fetch it anew")
