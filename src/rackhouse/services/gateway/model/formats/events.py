"""Server-sent events out of bytes, however those were cut on their way."""

from __future__ import annotations

MOST = 16 * 2**20  # bytes of one event: images come in them


class Events:
    """The data of each event, in their order. Names, comments and retries are not kept: every
    protocol here says in the data what an event is. It is JSON, so that several lines are made one.
    """

    def __init__(self, most: int = MOST) -> None:
        self._blocks = _Held(b"\n\n", most)
        self._tail = b""

    def feed(self, more: bytes) -> list[bytes]:
        """The events that `more` completes. ValueError for one of more than `most` bytes."""
        if self._tail or b"\r" in more:
            more, self._tail = self._tail + more, b""
            if more.endswith(b"\r"):  # perhaps the first half of a line's end
                more, self._tail = more[:-1], b"\r"
            more = more.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return [data for block in self._blocks.feed(more) if (data := _data(block))]

    def end(self) -> bytes:
        """The data of a last event that was not ended by an empty line; b"" where there is none."""
        return _data(self._blocks.rest)


class Lines:
    """The lines of a stream of JSON, as `Events`."""

    def __init__(self, most: int = MOST) -> None:
        self._lines = _Held(b"\n", most)

    def feed(self, more: bytes) -> list[bytes]:
        """The lines that `more` completes. ValueError for one of more than `most` bytes."""
        return [line for line in self._lines.feed(more) if line.strip()]

    def end(self) -> bytes:
        """A last line that was not ended."""
        return self._lines.rest.strip()


class _Held:
    """What has no end yet. It grows in place, and each byte is looked at once: an image that comes
    in a thousand pieces is not copied a thousand times.
    """

    def __init__(self, end: bytes, most: int) -> None:
        self._end = end
        self._most = most
        self._held = bytearray()

    @property
    def rest(self) -> bytes:
        """All of it."""
        return bytes(self._held)

    def feed(self, more: bytes) -> list[bytes]:
        """The blocks that `more` completes, without their ends."""
        blocks: list[bytes] = []
        if held := self._held:
            seen = len(held) + 1 - len(self._end)
            held += more
            more = b"" if held.find(self._end, seen) < 0 else bytes(held)
        if more:
            *blocks, rest = more.split(self._end)
            self._held = bytearray(rest)
        if len(self._held) > self._most:
            raise ValueError(f"an event of more than {self._most} bytes")
        return blocks


def _data(block: bytes) -> bytes:
    if block.startswith(b"data: ") and b"\n" not in block:
        return block[6:]
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line[:5] == b"data:"]
    return b" ".join(lines)


def event(data: bytes, name: str = "") -> bytes:
    """One event. `data` is one line, as JSON is when it is written."""
    head = f"event: {name}\n".encode() if name else b""
    return b"%sdata: %s\n\n" % (head, data)
