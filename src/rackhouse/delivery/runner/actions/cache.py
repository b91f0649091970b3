"""Our stand-in for actions/cache: `cache.py both|restore|save|post`, run by a step of a job.

`RACKHOUSE_CACHES/DIGEST.tar` holds the files, `DIGEST.key` the key. `both` restores, and notes what
`post`, the job's last step, saves when that very key was not there. A program of its own: standard
library alone.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

MOST = 2 * 1024**3  # bytes of all caches of a repository; those used longest ago leave first

_CACHES = Path(os.environ["RACKHOUSE_CACHES"])
_NOTES = Path(os.environ["RUNNER_TEMP"], "rackhouse-caches")


def main() -> None:
    """Ends with 1 where the step shall fail."""
    verb = sys.argv[1]
    _CACHES.mkdir(mode=0o700, parents=True, exist_ok=True)
    if verb == "post":
        for line in _NOTES.read_text("utf-8").splitlines() if _NOTES.exists() else ():
            note = json.loads(line)
            save(note["key"], note["patterns"])
        return
    key, patterns = os.environ["CACHE_KEY"], _lines("CACHE_PATH")
    if verb == "save":
        save(key, patterns)
        return
    taken = restore(key, _lines("CACHE_RESTORE_KEYS"))
    _output("cache-matched-key", taken)
    _output("cache-hit", "true" if taken == key else "false")
    if not taken and os.environ["CACHE_FAIL_ON_MISS"] == "true":
        sys.exit(f"there is no cache for {key}")
    if verb == "both" and taken != key:
        with _NOTES.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps({"key": key, "patterns": patterns}) + "\n")


def restore(key: str, others: list[str]) -> str:
    """Unpack the newest that fits; the key that it has, "" for none."""
    found = _find(key, others)
    if not found:
        _say(f"no cache for {key}")
        return ""
    if os.environ["CACHE_LOOKUP_ONLY"] != "true":
        archive = _file(found)
        with tarfile.open(archive) as tar:
            tar.extraction_filter = lambda member, _: member  # only this repository's jobs wrote it
            for member in tar:
                member.name = _here(member.name)
                if member.islnk():
                    member.linkname = _here(member.linkname)
                tar.extract(member, "/")
        os.utime(archive)
    _say(f"restored {found}")
    return found


def save(key: str, patterns: list[str]) -> None:
    """Pack what the patterns name, unless there is one of that key."""
    archive = _file(key)
    if archive.exists():
        _say(f"{key} is there already")
        return
    files = sorted(set(_expand(patterns)))
    if not files:
        _say(f"nothing to save for {key}: {' '.join(patterns)} is not there")
        return
    draft = archive.with_name(f".{archive.name}.{os.getpid()}")
    try:
        with tarfile.open(draft, "w") as tar:
            for file in files:
                tar.add(file, _elsewhere(file))
        size = draft.stat().st_size
        if size > MOST:
            _say(f"{key} is not saved: {size // 10**6} MB are more than all caches may have")
            return
        archive.with_suffix(".key").write_text(key, "utf-8")
        draft.rename(archive)
    finally:
        draft.unlink(missing_ok=True)
    _say(f"saved {key}, {size / 10**6:.1f} MB")
    _prune()


def _find(key: str, others: list[str]) -> str:
    if _file(key).exists():
        return key
    newest_first = sorted(_CACHES.glob("*.tar"), key=lambda file: -file.stat().st_mtime)
    keys = [file.with_suffix(".key").read_text("utf-8") for file in newest_first]
    return next((one for begin in (key, *others) for one in keys if one.startswith(begin)), "")


def _expand(patterns: list[str]) -> Iterator[str]:
    without = {path for one in patterns if one.startswith("!") for path in _glob(one[1:])}
    for pattern in patterns:
        if not pattern.startswith("!"):
            yield from (path for path in _glob(pattern) if path not in without)


def _glob(pattern: str) -> list[str]:
    whole = str(Path(pattern).expanduser())
    return [str(Path(path).absolute()) for path in glob.glob(whole)]  # noqa: PTH207 (absolute)


def _roots() -> dict[str, Path]:
    """The folders that lie elsewhere in each run."""
    return {
        "work": Path(os.environ["GITHUB_WORKSPACE"]),
        "home": Path(os.environ["HOME"]),
        "root": Path("/"),
    }


def _elsewhere(file: str) -> str:
    """`home/.cache/pip` of ~/.cache/pip."""
    name, root = next((n, r) for n, r in _roots().items() if Path(file).is_relative_to(r))
    return f"{name}/{Path(file).relative_to(root)}"


def _here(name: str) -> str:
    root, _, rest = name.partition("/")
    return str(_roots()[root] / rest)


def _prune() -> None:
    archives = sorted(_CACHES.glob("*.tar"), key=lambda file: -file.stat().st_mtime)
    used = 0
    for archive in archives:
        used += archive.stat().st_size
        if used > MOST:
            archive.unlink()
            archive.with_suffix(".key").unlink(missing_ok=True)


def _file(key: str) -> Path:
    return _CACHES / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.tar"


def _lines(name: str) -> list[str]:
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def _output(name: str, value: str) -> None:
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
