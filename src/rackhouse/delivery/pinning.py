"""Pins what a release is installed from, once, before it is made: uv writes hashed requirements.

So a release that is deployed today installs the same tomorrow, also where its source pins nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from rackhouse.app.runtime import LOCK, Ground
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.kit.process import run

_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# Where packages come from: uv leaves these out of what it writes.
_SOURCES = ("-i ", "--index-url", "--extra-index-url", "-f ", "--find-links", "--no-index")


async def pin(snapshot: Path, ground: Ground, package: str, earlier: Iterable[Path]) -> None:
    """Write `requirements.lock` into the snapshot where the source has none.

    `earlier` are snapshots of releases with the same dependencies, the newest first: what one was
    installed from is taken again, without a question to the network. StepFailed, with uv's own
    words, when a package does not exist or cannot be fetched.
    """
    if not ground.lock_from:
        return
    for other in earlier:
        if text := read_text(other / LOCK):
            write_atomic(snapshot / LOCK, text)
            return
    options = [] if ground.lock_from == "package" else _sources(snapshot / ground.lock_from)
    pinned = await _compile(snapshot, ground.lock_from, package)
    write_atomic(snapshot / LOCK, "".join(f"{line}\n" for line in options) + pinned)


async def _compile(snapshot: Path, source: str, package: str) -> str:
    from_package = source == "package"
    tools = find_tools()
    compile_ = [tools["uv"], "pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
    done = await run(
        [*compile_, "--python", tools["python"], "-" if from_package else source],
        folder=snapshot,
        env=_environment(),
        input=f"{package}\n" if from_package else None,
    )
    if done.code:
        raise StepFailed(
            f"the dependencies could not be pinned:\n{done.err.strip()}",
            where=package if from_package else source,
            fix="mend the requirement, or the way to the package index, and deploy again",
        )
    return done.out


def _sources(requirements: Path) -> list[str]:
    lines = (line.strip() for line in (read_text(requirements) or "").splitlines())
    return [line for line in lines if line.startswith(_SOURCES)]


def _environment() -> dict[str, str]:
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"} if _AUTHORITIES.is_file() else {}
    return {**os.environ, **trust, "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
