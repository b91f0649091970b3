"""What the jobs of a run kept, to be taken away: one archive for each. Follows no link.

The files are whatever a job wrote, so nothing of them is shown, and no browser takes them for ours.
"""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rackhouse.console.code.words import shown
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.runs.numbers import parse
from rackhouse.delivery.runner import artifacts
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.kit.errors import Missing, Refused
from rackhouse.kit.text import format_bytes
from rackhouse.store.forge import OPEN

LARGEST = 1 << 30  # bytes of all files of one
_CHUNK = 1 << 16
_IN_MEMORY = 1 << 22


class Artifacts:
    """The downloads, for the owner alone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """By the run, and by name in the query: a job may call it what it likes."""
        return [Route("/runs/{number}/artifact", owner(self.one))]

    async def one(self, request: Request) -> Response:
        """An archive. Missing when the run kept none of that name; Refused when it is huge."""
        run, name = parse(request.path_params["number"], 0), request.query_params.get("name", "")
        row = self.desk.forge.run(run)
        kept = artifacts(run_folder(self.desk.paths, run)) if row and row.status not in OPEN else ()
        folder = next((one.folder for one in kept if one.name == name), None)
        if folder is None:
            raise Missing(
                f"run {run} keeps no artifact {shown(name)!r}", fix="its time may be over"
            )
        archive = await asyncio.to_thread(_packed, folder)
        called = quote(f"{shown(name)}.zip", safe="")
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{called}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        }
        return StreamingResponse(_content(archive), headers=headers, media_type="application/zip")


def _packed(folder: Path) -> IO[bytes]:
    archive = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when it is sent
    left = LARGEST
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as out:
        for path in _files(folder):
            left -= path.lstat().st_size
            if left < 0:
                archive.close()
                what = f"this artifact is more than {format_bytes(LARGEST)}"
                raise Refused(what, fix=f"it lies in {folder}")
            name = os.fsencode(path.relative_to(folder)).decode(errors="replace")
            out.write(path, name)
    archive.seek(0)
    return archive


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder, followlinks=False):
        for name in sorted(names):
            path = Path(root, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


async def _content(archive: IO[bytes]) -> AsyncIterator[bytes]:
    with archive:
        while chunk := await asyncio.to_thread(archive.read, _CHUNK):
            yield chunk
