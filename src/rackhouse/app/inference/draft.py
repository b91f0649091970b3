"""What was inferred so far, and words that all markers share. Pure."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, ...]
Listing = Mapping[str, str]  # path relative to the folder -> text of a marker file, else ""

PORT = 8080  # where a container listens by habit; embedded, `$PORT` says another
EVERYWHERE = "0.0.0.0"  # noqa: S104  what we look for
HOST = "${HOST:-127.0.0.1}"  # loopback, unless the place says otherwise

_SAFE = re.compile(r"[\w@%+=:,./ -]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A container. `variables` hold sources of templates, `volumes` target and need."""

    name: str
    image: str = "."
    command: Words = ()
    variables: tuple[tuple[str, str], ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application in the making. `port` 0: it opens none. `notes` become comments."""

    source: str  # from which file
    programs: tuple[Program, ...]
    port: int = 0
    annotations: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()  # name, type
    notes: Words = ()


def shell(line: str) -> Words:
    """A command line that a shell reads, for `$PORT` and the like."""
    return ("/bin/sh", "-c", line)


def serve(line: str) -> Words:
    """A command line of our own making: the shell gives way to the program, signals reach it."""
    return shell(f"exec {line}")


def on_given_port(words: Words, port: int) -> Words:
    """A command that names `port` itself, made to listen where it is told instead."""
    line = words[2] if words[:2] in {("/bin/sh", "-c"), ("sh", "-c")} else shlex.join(words)
    moved = re.sub(rf"(?<![\w.]){port}(?!\w)", "$PORT", line).replace(EVERYWHERE, HOST)
    if moved == line or not _SAFE.fullmatch(line):
        return words
    return shell(moved) if words[0].endswith("sh") else serve(moved)


def slug(text: str, otherwise: str) -> str:
    """A name that Score and Rackhouse allow: `My_App!` is `my-app`, `Café` is `cafe`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).lstrip("-0123456789")[:40].strip("-")
    return name if len(name) > 1 else otherwise
