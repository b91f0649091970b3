"""Annotations: those under `rackhouse.dev/` say what Score has no word for. Pure.

Every value is a text, as Score's schema demands. Annotations of others are kept as they are.
"""

from __future__ import annotations

import re
import shlex
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from rackhouse.app.model import Kind
from rackhouse.app.reader import Reader, hint
from rackhouse.kit.text import parse_duration
from rackhouse.kit.yaml import Node

PREFIX = "rackhouse.dev/"

_KEY = re.compile(
    r"(?:[a-z0-9][a-z0-9-]{0,61}[a-z0-9](?:\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9])*/)?"
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]"
)
_PIN = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._, -]+\])?==[A-Za-z0-9][A-Za-z0-9.+!_-]*"
)


def annotation_texts(reader: Reader, node: Node, path: str) -> dict[str, Node]:
    """The annotations under a `metadata`, as Score allows them: well named, each a text."""
    found = {}
    for key, value in reader.mapping(node, path).items():
        if not _KEY.fullmatch(key) or len(key) > 316:
            what, fix = f"{key!r} is not the name of an annotation", "write `name` or `host/name`"
            reader.say(value, "bad-name", f"{path}.{key}", what, fix)
        elif reader.text(value, f"{path}.{key}") is not None:
            found[key] = value
    return found


def settings(reader: Reader, found: Mapping[str, Node]) -> dict[str, Any]:
    """What they say, as keyword arguments of `App`; the rest is in `annotations`."""
    said: dict[str, Any] = {}
    kept = []
    for key, node in found.items():
        word = key.removeprefix(PREFIX)
        if key == word:
            kept.append((key, node.text))
        elif word not in SETTINGS:
            what = f"Rackhouse has no annotation {word!r}{hint(word, SETTINGS)}"
            fix = f"use one of {', '.join(SETTINGS)}"
            reader.say(node, "unknown-annotation", f"metadata.annotations.{key}", what, fix)
        else:
            value = _setting(reader, word, node)
            if word.startswith("preview-"):
                kept.append((key, node.text))
            elif value is not None:
                said[word] = value
    return {**said, "annotations": tuple(sorted(kept))}


def _setting(reader: Reader, word: str, node: Node) -> Any:
    example, read = SETTINGS[word]
    try:
        return read(node.text)
    except ValueError as error:
        why = f": {error}" if str(error) else ""
        what = f"{node.text!r} is no {word}{why}"
        path = f"metadata.annotations.{PREFIX}{word}"
        reader.say(node, "bad-annotation", path, what, f"write it like {example}")
        return None


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"it is one of {', '.join(words)}{hint(text, words)}")
        return text

    return read


def _schedule(text: str) -> str:
    # Here, since it is slow to import and rarely needed.
    from croniter import CroniterBadDateError, CroniterError, croniter

    if len(text.split()) != 5:
        raise ValueError("a schedule has five fields: minute, hour, day, month, weekday")
    try:
        croniter(text, datetime(2000, 1, 1, tzinfo=UTC)).get_next()
    except CroniterBadDateError as error:
        raise ValueError("that day never comes") from error
    except CroniterError as error:
        raise ValueError("one of its fields cannot be read, or is out of range") from error
    return text


def _timezone(text: str) -> str:
    try:
        if text != "UTC":
            zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("this machine's time zone database has none of that name") from error
    return text


def _words(text: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError("a quote is not closed") from error
    if not words:
        raise ValueError("it is empty")
    return words


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("a date is written year-month-day") from error


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError("a duration is a number with ms, s, m, h, d or w") from error


def _replicas(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d?)(?:-([1-9]\d?))?", text)
    if match is None:
        raise ValueError("it is a number, or two for the fewest and the most")
    low = int(match[1])
    high = int(match[2] or low)
    if high < low:
        raise ValueError("the fewest come first")
    return low, high


def _package(text: str) -> str:
    if not _PIN.fullmatch(text):
        raise ValueError("a package is named with its exact version")
    return text


def _folder(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or not text:
        raise ValueError("it lies inside the application's own folder")
    return str(path)


def _flag(text: str) -> bool:
    return _one_of("true", "false")(text) == "true"


SETTINGS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "kind": ("worker", lambda text: Kind(_one_of(*Kind)(text))),
    "schedule": ('"*/15 * * * *"', _schedule),
    "timezone": ("Europe/Berlin", _timezone),
    "expires": ("2027-01-31", _date),
    "access": ("signed-in", _one_of("open", "signed-in")),
    "exposure": ("lan", _one_of("loopback", "lan", "internet")),
    "public": ('"true"', _flag),
    "before": ("python -m migrate", _words),
    "build": ("npm run build", _words),
    "drain": ("5s", _duration),
    "replicas": ("2-5", _replicas),
    "internet": ('"true"', _flag),
    "folder": ("dist", _folder),
    "package": ("datasette==0.65.5", _package),
    "preview-lifetime": ("7d", _duration),
    "preview-seed": ("python seed.py", _words),
}
