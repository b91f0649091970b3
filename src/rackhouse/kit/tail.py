"""The end of a stream in bounded memory, and its lines to whoever listens. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], None]

KEPT = 4 * 1024 * 1024  # bytes: of a long story the end, which holds the reason
_LINE = 65536  # bytes of a line that never ends


class Tail:
    """The last `KEPT` bytes of a stream; each line goes to `say` as it comes."""

    def __init__(self, say: Say | None) -> None:
        self.cut = False
        self._say = say
        self._kept = bytearray()
        self._line = b""

    def add(self, chunk: bytes) -> None:
        """The next bytes of the stream."""
        self._kept += chunk
        if len(self._kept) > KEPT:
            del self._kept[:-KEPT]
            self.cut = True
        if self._say is not None:
            *lines, rest = (self._line + chunk).split(b"\n")
            for line in lines:
                self._say(_words(line))
            self._line = rest[-_LINE:]

    def close(self) -> str:
        """What was kept; a last line without an end is said now."""
        if self._say is not None and self._line:
            self._say(_words(self._line))
            self._line = b""
        return self._kept.decode(errors="replace")


class Head(Tail):
    """The first `limit` bytes of a stream, as they came: for what is content, not a story."""

    def __init__(self, limit: int) -> None:
        super().__init__(None)
        self._limit = limit
        self.content = bytearray()

    def add(self, chunk: bytes) -> None:
        """The next bytes of the stream."""
        self.content += chunk[: self._limit - len(self.content)]


def _words(line: bytes) -> str:
    """The line as a terminal would show it: progress bars overwrite themselves."""
    return line.decode(errors="replace").rstrip("\r").rpartition("\r")[2]
