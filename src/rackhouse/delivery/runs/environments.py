"""The environment of a test suite: made once per set of dependencies, then shared by later runs.

In `caches/tests/KEY`, which may be deleted at any time. One is whole or not there: it is made
beside its place and then renamed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.delivery.runs.suites import Suite
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run
from rackhouse.kit.tail import Say

KEEP = 8  # environments; those used longest ago leave first
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_TIMEOUT = 900.0  # seconds


async def environment(suite: Suite, folder: Path, caches: Path, say: Say) -> Path | None:
    """The folder with what the suite needs; None where it needs nothing. StepFailed, in the
    installer's words, when it cannot be made.
    """
    if suite.node and not any("lock" in name or "shrink" in name for name in suite.manifests):
        return None
    if not suite.node and not suite.install:
        return None
    place = caches / "tests" / _key(suite, folder)
    if not place.is_dir():
        make_folder(place.parent)
        draft = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        say("installing what the tests need")
        try:
            await (_node if suite.node else _python)(suite, folder, draft, say)
            draft.rename(place)
        except OSError:
            if not place.is_dir():  # else another run was quicker
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _prune(place.parent, place)
    os.utime(place)
    return place


def _key(suite: Suite, folder: Path) -> str:
    whole = hashlib.sha256(repr((suite.install, sys.version_info[:2], suite.node)).encode())
    for name in suite.manifests:
        whole.update(f"\0{name}\0".encode() + (folder / name).read_bytes())
    return f"{'node' if suite.node else 'python'}-{whole.hexdigest()[:16]}"


async def _python(suite: Suite, folder: Path, draft: Path, say: Say) -> None:
    uv = find_tools()["uv"]
    make = ["venv", "--quiet", "--relocatable", "--no-project", "--python", sys.executable]
    await _install([uv, *make, str(draft)], folder, say)
    python = str(draft / "bin" / "python")
    await _install(
        [uv, "pip", "install", "--quiet", "--python", python, *suite.install], folder, say
    )


async def _node(suite: Suite, folder: Path, draft: Path, say: Say) -> None:
    make_folder(draft)
    for name in suite.manifests:
        shutil.copy(folder / name, draft / name)
    await _install(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], draft, say)


async def _install(argv: Sequence[str], folder: Path, say: Say) -> None:
    done = await run(argv, folder=folder, env=_environment(), say=say, timeout=_TIMEOUT)
    if done.code:
        raise StepFailed(
            f"what the tests need could not be installed: {done.last}",
            fix="mend the requirement, or the way to the package index, and push again",
        )


def _environment() -> Mapping[str, str]:
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"} if _AUTHORITIES.is_file() else {}
    return {**os.environ, **trust, "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}


def _prune(folder: Path, used: Path) -> None:
    there = sorted((p for p in folder.iterdir() if p != used), key=lambda p: p.stat().st_mtime)
    for old in there[: -(KEEP - 1)]:
        gone = old.with_name(f".gone.{old.name}")
        old.replace(gone)
        shutil.rmtree(gone, ignore_errors=True)
