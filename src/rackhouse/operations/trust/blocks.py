"""A marked block at the end of somebody else's file, taken away again to the byte.

Its first line remembers what the file was like before, so nothing else has to.
"""

from __future__ import annotations

import re
from pathlib import Path

from rackhouse.kit.files import host_error, write_atomic

_MADE, _UNFINISHED = "rackhouse made this file", "its last line had no end"
_NEXT = re.compile(rb"\A(# >>> rackhouse [^\s()]+) >>>")


def put(file: Path, name: str, content: str) -> None:
    """Put the block `name` at the end of `file` (made when missing), in place of an earlier one."""
    before = _read(file)
    took = None if before is None else _without(before, name)
    note = ""
    if took is None:
        note = f" ({_MADE})"
    elif took and not took.endswith(b"\n"):
        note = f" ({_UNFINISHED})"
        took += b"\n"
    block = f"# >>> rackhouse {name}{note} >>>\n{content}\n# <<< rackhouse {name} <<<\n"
    after = (took or b"") + block.encode()
    if after != before:
        _write(file, after)


def take(file: Path, name: str) -> None:
    """Take the block away again, and the file where it was made for the block."""
    before = _read(file)
    after = None if before is None else _without(before, name)
    if before is None or after == before:
        return
    if after is None:
        file.resolve().unlink()
    else:
        _write(file, after)


def _without(text: bytes, name: str) -> bytes | None:
    """The text without the block, as it was before; None when the file was made for it."""
    word = re.escape(name.encode())
    found = re.search(
        rb"# >>> rackhouse %s(?: \(([^\n]*)\))? >>>\n.*?# <<< rackhouse %s <<<\n" % (word, word),
        text,
        re.DOTALL,
    )
    if found is None:
        return text
    head, rest, note = text[: found.start()], text[found.end() :], found[1]
    if note and _NEXT.match(rest):  # another block, which remembers it from now on
        return head + _NEXT.sub(rb"\1 (%s) >>>" % note, rest)
    if note == _MADE.encode() and not head and not rest:
        return None
    if note == _UNFINISHED.encode() and not rest:
        head = head.removesuffix(b"\n")
    return head + rest


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise host_error(error, file) from error


def _write(file: Path, content: bytes) -> None:
    file = file.resolve()  # it may be a link into a repository of such files
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    write_atomic(file, content, mode)
