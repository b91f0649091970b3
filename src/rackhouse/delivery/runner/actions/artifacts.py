"""Our stand-ins for actions/upload-artifact and download-artifact: `artifacts.py upload|download`.

`RACKHOUSE_ARTIFACTS/NAME/` holds the files as they were, `NAME.json` beside it when it leaves. A
program of its own, run by a step of a job: standard library alone.
"""

from __future__ import annotations

import fnmatch
import glob
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

_ARTIFACTS = Path(os.environ["RACKHOUSE_ARTIFACTS"])
_NAME = re.compile(r"[^\"<>|*?\r\n\\/:]{1,200}")


def main() -> None:
    """Ends with 1 where the step shall fail."""
    {"upload": _upload, "download": _download}[sys.argv[1]]()


def _upload() -> None:
    name = os.environ["ARTIFACT_NAME"]
    if not _NAME.fullmatch(name) or name in {".", ".."}:
        sys.exit(f"{name!r} is no name for an artifact")
    files = _wanted(_lines("ARTIFACT_PATH"), hidden=os.environ["ARTIFACT_HIDDEN"] == "true")
    if not files:
        what = f"no files were found for the artifact {name!r}"
        if os.environ["ARTIFACT_NONE"] == "error":
            sys.exit(what)
        _say(f"::warning::{what}" if os.environ["ARTIFACT_NONE"] == "warn" else what)
        return
    place = _ARTIFACTS / name
    if place.exists():
        if os.environ["ARTIFACT_OVERWRITE"] != "true":
            sys.exit(f"this run has an artifact {name!r} already; set `overwrite: true`, or add a "
                     "value of the matrix to its name")  # fmt: skip
        shutil.rmtree(place)
    root = _root([one for one in _lines("ARTIFACT_PATH") if not one.startswith("!")])
    for file in files:
        target = place / file.relative_to(root)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(file, target)
    days = float(os.environ.get("ARTIFACT_DAYS") or 0)
    leaves = time.time() + days * 86400 if days > 0 else None
    about = {"name": name, "files": len(files), "made": time.time(), "leaves": leaves}
    place.with_name(f"{name}.json").write_text(json.dumps(about), "utf-8")
    _output("artifact-id", name)
    _say(f"{len(files)} files kept as {name!r}")


def _download() -> None:
    name, pattern = os.environ["ARTIFACT_NAME"], os.environ["ARTIFACT_PATTERN"]
    there = sorted(place.name for place in _ARTIFACTS.iterdir() if place.is_dir())
    names = [one.strip() for one in name.split(",") if one.strip()]
    if missing := [one for one in names if one not in there]:
        known = ", ".join(there) or "none"
        sys.exit(f"this run has no artifact {missing[0]!r}; there are: {known}")
    chosen = names or [one for one in there if fnmatch.fnmatchcase(one, pattern or "*")]
    into = Path(os.environ["ARTIFACT_PATH"] or ".").expanduser().absolute()
    into.mkdir(parents=True, exist_ok=True)
    together = len(names) == 1 or os.environ["ARTIFACT_MERGE"] == "true"
    for one in chosen:
        target = into if together else into / one
        shutil.copytree(_ARTIFACTS / one, target, dirs_exist_ok=True, symlinks=True)
        _say(f"{one!r} is in {target}")
    _output("download-path", str(into))


def _wanted(patterns: list[str], *, hidden: bool) -> list[Path]:
    """The files, sorted. What is hidden only where it is asked for: .env has secrets."""
    found: set[Path] = set()
    for pattern in patterns:
        matched = _files(pattern.lstrip("!"), hidden=hidden)
        found = found - matched if pattern.startswith("!") else found | matched
    return sorted(found)


def _files(pattern: str, *, hidden: bool) -> set[Path]:
    whole = str(Path(pattern).expanduser().absolute())
    found: set[Path] = set()
    for text in glob.glob(whole, recursive=True, include_hidden=hidden):  # noqa: PTH207 (absolute)
        path = Path(text)
        inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else (path,)
        found |= {file for file in inside if file.is_file() and (hidden or _shown(file, path))}
    return found


def _shown(file: Path, root: Path) -> bool:
    return not any(part.startswith(".") for part in file.relative_to(root).parts)


def _root(patterns: list[str]) -> Path:
    """What is not kept of the names: the folder in which all patterns begin, as on GitHub."""
    begins = []
    for pattern in patterns:
        path = Path(pattern).expanduser().absolute()
        while glob.has_magic(str(path)):
            path = path.parent
        begins.append(path if path.is_dir() else path.parent)
    return Path(os.path.commonpath(begins))


def _lines(name: str) -> list[str]:
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def _output(name: str, value: str) -> None:
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
