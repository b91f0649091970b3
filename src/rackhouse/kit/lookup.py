"""Where a tool is on this machine, and why one cannot be started. Starts nothing itself."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import host_error

_HOW_TO_GET = {
    "git": "install git (Debian: apt install git; macOS: xcode-select --install)",
    "npm": "install Node.js (Debian: apt install nodejs npm; macOS: brew install node)",
    "node": "install Node.js (Debian: apt install nodejs npm; macOS: brew install node)",
    "unshare": "install util-linux, or run Rackhouse as an ordinary user instead of as root",
    "docker": "install Docker or Podman, or run the application from its source",
    "systemctl": "this machine has no systemd: start `rackhouse up` from its own boot scripts",
}


def find(tool: str, folder: Path | None, env: Mapping[str, str] | None) -> Path | None:
    """The program that `tool` names: a path from `folder`, or a word to look for on PATH."""
    path = (os.environ if env is None else env).get("PATH", os.defpath)
    names = path.split(os.pathsep)
    places = [folder or Path()] if "/" in tool else [Path(name) for name in names]
    found = (place / tool for place in places if os.access(place / tool, os.X_OK))
    return next((file for file in found if not file.is_dir()), None)


def cannot_start(
    argv: Sequence[str], folder: Path | None, env: Mapping[str, str] | None, error: OSError
) -> HostError:
    """What to say of `error`, which starting `argv` gave, and how to mend it."""
    tool = argv[0]
    if folder is not None and not folder.is_dir():
        return host_error(error, folder)
    # A folder on PATH that we may not read answers "permission denied" for tools that are nowhere.
    nowhere = "/" not in tool and find(tool, folder, env) is None
    if nowhere or error.errno == errno.ENOENT:
        name = Path(tool).name
        fix = _HOW_TO_GET.get(name, f"install {name}, or put its folder on PATH")
        return HostError(f"{tool} is not on this machine", fix=fix)
    return HostError(
        f"{tool} cannot be started: {(error.strerror or str(error)).lower()}",
        fix=f"look at it with: ls -la {tool}",
    )
