"""The agent as text: what is sent to a host before anything else. Starts nothing."""

from __future__ import annotations

import functools
import zlib
from pathlib import Path

_AGENT = Path(__file__).parent / "agent"
_NAME = "rackhouse.targets.host.agent"

# Isolated, and without the host's own packages: quicker to start, and nothing of theirs is ours.
# What it reads first is the length of a compressed program, then that.
_READ = (
    "import sys,zlib;r=sys.stdin.buffer.read;"
    "exec(zlib.decompress(r(int.from_bytes(r(4),'big'))),{'__name__':'boot'})"
)
START = ("python3", "-IS", "-c", _READ)


@functools.cache
def program(root: str = "") -> bytes:
    """The agent, framed. `root` is put before every path of its: a test's folder, else empty."""
    text = f"{_sources()['boot']}\nstart({_modules()!r}, {root!r})\n"
    packed = zlib.compress(text.encode(), 9)
    return len(packed).to_bytes(4, "big") + packed


def _sources() -> dict[str, str]:
    files = (file for file in sorted(_AGENT.glob("*.py")) if file.stem != "shapes")
    return {file.stem: file.read_text("utf-8") for file in files}


def _modules() -> dict[str, str]:
    named = {stem: text for stem, text in _sources().items() if stem not in ("boot", "__init__")}
    return {f"{_NAME}.{stem}": text for stem, text in named.items()}
