"""Takes secrets out of what a program says: as they are, line by line, and encoded. Pure.

It hides what slips out by mistake. A program that wants to tell a secret can always spell it so
that nobody recognizes it; who may not read a secret must not be given it.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator

SHORTEST = 3  # characters: to mask each `1` would leave no log to read
_WRAPS = (57, 48)  # bytes of a line of base64, as `base64` and PEM wrap it


def masker(secrets: Iterable[str]) -> Callable[[str], str]:
    """What replaces each of them by `***`, in all the forms below."""
    forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
    if not forms:
        return str
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return lambda text: pattern.sub("***", text)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    for line in secret.splitlines():
        yield line.strip()
    yield json.dumps(secret)[1:-1]
    yield urllib.parse.quote(secret, safe="")
    yield urllib.parse.quote_plus(secret)
    raw = secret.encode()
    yield raw.hex()
    yield raw.hex().upper()
    for variant in (raw, *(line.strip() for line in raw.splitlines())):
        yield from _base64(variant)
    for wrap in _WRAPS:
        for start in range(0, len(raw), wrap):
            yield from _base64(raw[start : start + wrap])


def _base64(raw: bytes) -> Iterator[str]:
    """The characters that `raw` alone decides, wherever it begins in what was encoded."""
    if len(raw) < 4:
        return
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).decode()
        first = (0, 2, 3)[before]
        text = text.rstrip("=")[first : None if (before + len(raw)) % 3 == 0 else -1]
        if len(text) >= 5:
            yield text
            yield text.replace("+", "-").replace("/", "_")
