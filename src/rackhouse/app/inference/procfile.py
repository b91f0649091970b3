"""A Procfile: one program per line, `web` opens the port, `release` runs before. Pure."""

from __future__ import annotations

import re
import shlex

from rackhouse.app.inference.draft import (
    EVERYWHERE,
    HOST,
    PORT,
    Draft,
    Listing,
    Program,
    Words,
    shell,
    slug,
)

_LINE = re.compile(r"^([A-Za-z0-9_-]+)\s*:\s*(\S.*?)\s*$", re.MULTILINE)
_FOR_A_SHELL = re.compile(r"[$&|;<>()`*?~\\]|^\w+=")


def procfile(listing: Listing) -> Draft | None:
    """The draft of a Procfile."""
    lines = dict(_LINE.findall(listing.get("Procfile", "")))
    before = lines.pop("release", "")
    if not lines:
        return None
    programs = tuple(
        Program(
            name=slug(name, f"process-{name.lower().strip('_-') or 'x'}"),
            command=shell(line.replace(EVERYWHERE, HOST)),
        )
        for name, line in sorted(lines.items(), key=lambda item: item[0] != "web")
    )
    return Draft(
        source="Procfile",
        programs=tuple({program.name: program for program in programs}.values()),
        port=PORT if "web" in lines else 0,
        annotations=(("rackhouse.dev/before", _words(before)),) if before else (),
        notes=_notes(lines["web"]) if "web" in lines else (),
    )


def _words(line: str) -> str:
    """The words of a command, through a shell where it is written for one."""
    try:
        plain = not _FOR_A_SHELL.search(line) and bool(shlex.split(line))
    except ValueError:
        plain = False
    return line if plain else shlex.join(shell(line))


def _notes(web: str) -> Words:
    wide = EVERYWHERE in web
    return (
        *(["web: it must listen on the port that $PORT says."] if "PORT" not in web else []),
        *(["web: 0.0.0.0 became $HOST, so that others come in by the ingress."] if wide else []),
    )
