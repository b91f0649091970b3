"""What the jobs of a run kept: `runs/NUMBER/artifacts/NAME/`, written by our upload-artifact."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.files import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """`leaves`: Unix seconds, None with its run."""

    name: str
    folder: Path
    files: int
    made: float
    leaves: float | None


def artifacts(run: Path) -> list[Artifact]:
    """Those of the run in this folder, by name. What a job broke is passed over."""
    found = []
    for note in sorted((run / "artifacts").glob("*.json")):
        folder = note.with_name(note.name.removesuffix(".json"))
        try:
            said = json.loads(read_text(note) or "")
            leaves = said["leaves"]
            artifact = Artifact(
                name=folder.name,
                folder=folder,
                files=int(said["files"]),
                made=float(said["made"]),
                leaves=None if leaves is None else float(leaves),
            )
        except (ValueError, KeyError, TypeError):
            continue
        if folder.is_dir() and not folder.is_symlink():
            found.append(artifact)
    return found


def prune_artifacts(run: Path, now: float) -> None:
    """Remove those whose time is over (`retention-days`)."""
    for artifact in artifacts(run):
        if artifact.leaves is not None and artifact.leaves < now:
            shutil.rmtree(artifact.folder, ignore_errors=True)
            artifact.folder.with_name(f"{artifact.name}.json").unlink(missing_ok=True)
