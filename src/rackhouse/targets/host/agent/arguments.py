"""KernelArguments: words on the one line of the Raspberry Pi's cmdline.txt."""

from __future__ import annotations

from rackhouse.targets.host.agent import disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

# Debian 12 and newer; Ubuntu with two boot slots; Debian 11 and older.
_FILES = (
    "/boot/firmware/current/cmdline.txt",
    "/boot/firmware/cmdline.txt",
    "/boot/cmdline.txt",
)


def place() -> str:
    """The file that the firmware reads; empty where there is none: not a Raspberry Pi."""
    there = (path for path in _FILES if (disk.status(path) or {}).get("type") == "file")
    return next(there, "")


def items(spec: Spec) -> list[str]:
    """The words."""
    return list(spec["words"])


def capture(item: str, spec: Spec) -> Json:
    """Whether the word was there."""
    return item in _words()


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Add those that are lacking, on one line."""
    if not place():
        say("no cmdline.txt: this is no Raspberry Pi, nothing to do")
        return
    words = _words()
    _write([*words, *(word for word in spec["words"] if word not in words)], say)


def look(spec: Spec) -> State | None:
    """The words that are there, and whether they lie on one line, as the firmware demands."""
    if not place():
        return {"place": ""}
    words = _words()
    lacking = [word for word in spec["words"] if word not in words]
    state = {"place": place(), "lacking": lacking, "lines": _lines()}
    if lacking or _lines() != 1:
        state["why"] = f"{place()} has {_lines()} lines, and lacks {lacking}"
    return state


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Without the words that were not there before."""
    gone = {word for word, was in before.items() if not was}
    words = _words()
    if gone & set(words):
        _write([word for word in words if word not in gone], say)


def _text() -> str:
    return disk.read_text(place()) if place() else ""


def _words() -> list[str]:
    return _text().split()


def _lines() -> int:
    return len(_text().rstrip("\n").splitlines())


def _write(words: list[str], say: Say) -> None:
    """On the boot partition, which is FAT: it has no owners, and one mode for all."""
    if _lines() > 1:
        say(f"{place()} had {_lines()} lines; the firmware reads the first alone: merged into one")
    text = " ".join(words) + "\n"
    if text != _text():
        disk.write_plain(place(), text.encode())
