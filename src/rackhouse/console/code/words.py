"""Text of others, made visible: nothing turns a line around or hides in it. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.text import plural

# Controls, bytes that are no UTF-8 (surrogates), line separators, and what changes the direction
# in which text is read: with these a name or a line of code can look like another.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
_WIDEST = 2000  # characters of a line
_LETTERS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE, _DELETE = 0xDC00, 0x7F


def shown(text: str) -> str:
    """The text on one line, with marks for what nobody sees: `\\xff`, `\\n`, `[U+202E]`."""
    found = _HIDDEN.sub(_mark, text)
    return f'"{found}"' if found.isspace() else found


def code_lines(text: str) -> list[str]:
    """The lines of a file, as `code_line` has each. What ends with a newline has no more."""
    return [code_line(line) for line in text.removesuffix("\n").split("\n")] if text else []


def code_line(text: str) -> str:
    """A line of code, `shown` but for its tabs, and cut where nobody reads on."""
    text = text.removesuffix("\r")
    more = len(text) - _WIDEST
    line = "\t".join(_HIDDEN.sub(_mark, part) for part in text[:_WIDEST].split("\t"))
    return f"{line} \u2026 and {plural(more, 'character')} more" if more > 0 else line


def _mark(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number <= _DELETE or _BYTE <= number < _BYTE + 0x100:
        return _LETTERS.get(found[0]) or f"\\x{number & 0xFF:02x}"
    return f"[U+{number:04X}]"
