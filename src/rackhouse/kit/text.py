"""Words and numbers as people write them. Pure; used by every layer."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_UNITS = ("K", "M", "G", "T", "P", "E")
_BYTES = {"": 1, "k": 1000} | {unit: 1000 ** (i + 1) for i, unit in enumerate(_UNITS)}
_BYTES |= {f"{unit}i": 1024 ** (i + 1) for i, unit in enumerate(_UNITS)}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'nodes'?`, with a leading space, or nothing when nothing is near."""
    words = list(known)
    longer = [each for each in words if word and each.startswith(word)]  # `rpi5` is no `rpi3`
    near = longer or difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def is_name(word: str) -> bool:
    """Whether `word` may name an application, a node or a resource: a DNS label of 1 to 40."""
    return _NAME.fullmatch(word) is not None


def parse_bytes(text: str) -> int:
    """Bytes in a Kubernetes quantity: `512Mi`, `20Gi`, `1.5G`. ValueError when it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kKMGTPE]?i?)", text.strip())
    if match is None or match[2] not in _BYTES:
        raise ValueError(f"{text!r} is not a size")
    return int(float(match[1]) * _BYTES[match[2]])


def parse_duration(text: str) -> float:
    """Seconds in `250ms`, `30s`, `6h`, `30d`. ValueError when it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|[smhdw])", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration")
    return float(match[1]) * _SECONDS[match[2]]


def format_bytes(count: float) -> str:
    """`41 MB`: three significant figures at most, decimal units."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def format_seconds(seconds: float) -> str:
    """`0.3 s`, `42 s`, `7 min`, `3 h`, `12 d`: one unit, for reading at a glance."""
    for limit, size, unit in ((10, 1, "s"), (120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.1f} {unit}" if limit == 10 else f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def one_line(text: str, most: int = 500) -> str:
    """What a stranger wrote, as `most` characters of one line that no terminal obeys."""
    return "".join(it if it.isprintable() else " " for it in text[:most])


def plural(count: int, word: str) -> str:
    """`1 step`, `3 steps`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
