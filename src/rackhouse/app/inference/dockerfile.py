"""A Dockerfile: the command and the port of its last stage. Pure; builds nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from rackhouse.app.inference.draft import Draft, Listing, Program, Words, on_given_port, shell

MARKERS = ("Dockerfile", "Containerfile")

_COMMENT = re.compile(r"^\s*#")
_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the last stage says."""

    command: Words = ()
    port: int = 0


def dockerfile(listing: Listing, *, image: bool) -> Draft | None:
    """The draft of a Dockerfile. `image`: nothing but an engine can build it, so that its own
    command stays inside; else the command runs on what the other markers install.
    """
    name = next((name for name in MARKERS if name in listing), "")
    if not name:
        return None
    stage = _last_stage(listing[name])
    role = "web" if stage.port else "worker"
    notes: Words = () if stage.port else (f"{name} has no EXPOSE: taken for a worker.",)
    if image:
        notes += (f"Built from {name}: it needs a container engine (docker or podman).",)
        return Draft(source=name, programs=(Program(name=role),), port=stage.port, notes=notes)
    if not stage.command:
        return None
    command = on_given_port(stage.command, stage.port) if stage.port else stage.command
    if stage.port and command == stage.command:
        notes += ("It must listen on the port that $PORT says.",)
    program = Program(name=role, command=command)
    return Draft(source=name, programs=(program,), port=stage.port, notes=notes)


def _last_stage(text: str) -> _Stage:
    entry: Words = ()
    command: Words = ()
    port = 0
    for word, rest in _instructions(text):
        if word == "FROM":
            entry, command, port = (), (), 0
        elif word == "EXPOSE":
            numbers = [int(number) for number in re.findall(r"\b\d{1,5}\b(?!/udp)", rest)]
            port = port or next((number for number in numbers if 0 < number < 65536), 0)
        elif word == "ENTRYPOINT":
            entry = _words(rest)
        elif word == "CMD":
            command = _words(rest)
    return _Stage(entry + command, port)


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not _COMMENT.match(line)]
    joined = re.sub(r"\\\s*\n", " ", "\n".join(lines))
    found = [_INSTRUCTION.match(line) for line in joined.splitlines()]
    return [(match[1].upper(), match[2].strip()) for match in found if match]


def _words(rest: str) -> Words:
    """`["a", "b"]` as it stands; anything else is for a shell."""
    try:
        words = json.loads(rest)
    except (ValueError, RecursionError):
        words = None
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return tuple(words)
    return shell(rest) if rest else ()
