"""Git repositories in a backup: each as a git bundle, told by what its refs point at.

A copy of the files would be of no one moment: a ref may be newer than the objects that were copied,
and packing moves them meanwhile. A bundle is whole, however busy the repository is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run_sync
from rackhouse.operations.backup.bundle import BundleWriter, Sums

_LIST = "repositories/list.json"
_TIMEOUT = 3600.0  # seconds for one repository


@dataclass(frozen=True, slots=True)
class Repositories:
    """The bare repositories in the folder at `path`: a `Content`."""

    path: Path

    def dump(self, bundle: BundleWriter) -> None:
        """Every repository with anything in it, and a list with the default branch of each."""
        heads = {}
        for folder in self._folders():
            name = folder.name.removesuffix(".git")
            heads[name] = _git(folder, "symbolic-ref", "HEAD").strip()
            bundle.sums[_name(name)] = heads[name]
            if _refs(folder):
                file = bundle.scratch / "repository.bundle"
                _git(folder, "bundle", "create", "--quiet", str(file), "--all")
                refs = _parsed(_git(folder, "bundle", "list-heads", str(file)))
                bundle.sums |= {_name(name, ref): sha for ref, sha in refs.items()}
                bundle.add_file(f"repositories/{name}.bundle", file)
                file.unlink()
        bundle.add_bytes(_LIST, json.dumps(heads).encode())

    def load(self, unpacked: Path) -> None:
        """Make each anew from its bundle."""
        listing = unpacked / _LIST
        if not listing.exists():  # of a version that had no repositories
            return
        for name, head in json.loads(listing.read_text()).items():
            folder, file = self.path / f"{name}.git", unpacked / "repositories" / f"{name}.bundle"
            make_folder(folder)
            _git(folder, "init", "--quiet", "--bare", "--template=")
            if file.exists():
                _git(folder, "fetch", "--quiet", str(file), "+refs/*:refs/*")
                file.unlink()
            _git(folder, "symbolic-ref", "HEAD", head)

    def sums(self) -> Sums:
        """`repositories/<name>` -> its HEAD; `repositories/<name>/<ref>` -> the object there."""
        found: Sums = {}
        for folder in self._folders():
            name = folder.name.removesuffix(".git")
            found[_name(name)] = _git(folder, "symbolic-ref", "HEAD").strip()
            found |= {_name(name, ref): sha for ref, sha in _refs(folder).items()}
        return found

    def _folders(self) -> list[Path]:
        """The repositories; what begins with a dot is being made or removed."""
        return sorted(self.path.glob("[!.]*.git"))


def _refs(folder: Path) -> Mapping[str, str]:
    return _parsed(_git(folder, "for-each-ref", "--format=%(objectname) %(refname)"))


def _parsed(lines: str) -> dict[str, str]:
    """`<object> <ref>` a line; HEAD, which a bundle has too, is told apart."""
    pairs = (line.split(" ", 1) for line in lines.split("\n") if line)
    return {ref: sha for sha, ref in pairs if ref != "HEAD"}


def _git(folder: Path, *words: str) -> str:
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_DIR": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    safe = ("-c", "safe.directory=*", "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0")
    done = run_sync(["git", *safe, *words], env=env, folder=folder, timeout=_TIMEOUT)
    if done.code:
        raise HostError(
            f"git {words[0]}: {done.last}",
            where=str(folder),
            fix=f"look at it with: git --git-dir={folder} fsck",
        )
    return done.out


def _name(name: str, ref: str = "") -> str:
    return f"repositories/{name}/{ref}" if ref else f"repositories/{name}"
