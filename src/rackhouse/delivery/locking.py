"""Pins what a release is installed from, once, before it is made: uv writes hashed requirements.

So a release that is deployed today installs the same tomorrow, also where its source pins nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from rackhouse.app.runtime import LOCK, Ground
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.files import write_atomic
from rackhouse.kit.process import run

_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


async def lock(snapshot: Path, ground: Ground, package: str) -> None:
    """Write `requirements.lock` into the snapshot where the source has none. StepFailed with uv's
    own words when a package does not exist or cannot be fetched.
    """
    if not ground.lock_from:
        return
    tools = find_tools()
    from_package = ground.lock_from == "package"
    compile_ = [tools["uv"], "pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
    done = await run(
        [*compile_, "--python", tools["python"], "-" if from_package else ground.lock_from],
        folder=snapshot,
        env=_environment(),
        input=f"{package}\n" if from_package else None,
    )
    if done.code:
        raise StepFailed(
            f"the dependencies could not be pinned:\n{done.err.strip()}",
            where=package if from_package else ground.lock_from,
            fix="mend the requirement, or the way to the package index, and deploy again",
        )
    write_atomic(snapshot / LOCK, done.out)


def _environment() -> dict[str, str]:
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"} if _AUTHORITIES.is_file() else {}
    return {**os.environ, **trust, "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
