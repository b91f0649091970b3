"""Server-sent events out of bytes, however those were cut on their way."""

from __future__ import annotations

MOST = 16 * 2**20  # bytes of one event: images come in them


class Events:
    """The data of each event, in their order. Names, comments and retries are not kept: every
    protocol here says in the data what an event is.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held = b""

    def feed(self, more: bytes) -> list[bytes]:
        """The events that `more` completes. ValueError for one of more than `most` bytes."""
        held = self._held + more if self._held else more
        tail = b""
        if b"\r" in held:
            if held.endswith(b"\r"):  # perhaps the first half of a line's end
                held, tail = held[:-1], b"\r"
            held = held.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *blocks, rest = held.split(b"\n\n")
        self._held = rest + tail
        if len(self._held) > self._most:
            raise ValueError(f"an event of more than {self._most} bytes")
        return [data for block in blocks if (data := _data(block))]

    def end(self) -> bytes:
        """The data of a last event that was not ended by an empty line; b"" where there is none."""
        return _data(self._held.replace(b"\r", b"\n"))


class Lines:
    """The lines of a stream of JSON, as `Events`."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held = b""

    def feed(self, more: bytes) -> list[bytes]:
        """The lines that `more` completes. ValueError for one of more than `most` bytes."""
        *lines, self._held = (self._held + more).split(b"\n")
        if len(self._held) > self._most:
            raise ValueError(f"a line of more than {self._most} bytes")
        return [line for line in lines if line.strip()]

    def end(self) -> bytes:
        """A last line that was not ended."""
        return self._held.strip()


def _data(block: bytes) -> bytes:
    if block.startswith(b"data: ") and b"\n" not in block:
        return block[6:]
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line[:5] == b"data:"]
    return b"\n".join(lines)


def event(data: bytes, name: str = "") -> bytes:
    """One event. `data` is one line, as JSON is when it is written."""
    head = f"event: {name}\n".encode() if name else b""
    return b"%sdata: %s\n\n" % (head, data)
