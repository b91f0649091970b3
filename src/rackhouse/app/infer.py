"""The score.yaml that a folder without one implies, as text for a person to read and keep. Pure.

A Procfile says how to start; else the language's own files do, a Dockerfile, or an index.html. A
compose file adds its databases and variables, and dependencies ask for the servers they speak to.
"""

from __future__ import annotations

from rackhouse.app.inference.compose import MARKERS as COMPOSE
from rackhouse.app.inference.compose import compose
from rackhouse.app.inference.dockerfile import MARKERS as DOCKERFILE
from rackhouse.app.inference.dockerfile import dockerfile
from rackhouse.app.inference.draft import Draft, Listing, slug
from rackhouse.app.inference.node import MARKERS as NODE
from rackhouse.app.inference.node import node
from rackhouse.app.inference.procfile import procfile
from rackhouse.app.inference.python import MARKERS as PYTHON
from rackhouse.app.inference.python import plain_python, python
from rackhouse.app.inference.static import static
from rackhouse.app.inference.wants import with_needs
from rackhouse.app.inference.write import write
from rackhouse.kit.errors import FileError, Problem

MARKERS = ("Procfile", *PYTHON, *NODE, *DOCKERFILE, *COMPOSE)


def infer(listing: Listing, name: str) -> str:
    """The text of a score.yaml for a folder called `name`, which `score.parse` reads.

    `listing`: every path relative to the folder, with the text of those that `is_marker` names and
    "" for others. FileError when nothing says how to start, or a marker file cannot be read.
    """
    base = _start(listing)
    draft = compose(listing, base) or base
    if draft is None:
        raise FileError("score.yaml", [_nothing(listing)])
    return write(with_needs(draft, listing), slug(name, "app"))


def is_marker(path: str) -> bool:
    """Whether `infer` looks into this file."""
    code = path.count("/") <= 2 and path.endswith((".py", ".js", ".mjs", ".ts"))
    return code or path in MARKERS


def _start(listing: Listing) -> Draft | None:
    language = any(name in listing for name in (*PYTHON, *NODE))
    return (
        procfile(listing)
        or python(listing)
        or node(listing)
        or dockerfile(listing, image=not language)
        or static(listing)
        or plain_python(listing)
    )


def _nothing(listing: Listing) -> Problem:
    files = ", ".join(sorted(path for path in listing if "/" not in path)[:8]) or "no file"
    return Problem(
        line=0,
        rule="nothing-to-run",
        path="",
        what=(
            f"there is none, and nothing says how to start: looked for {', '.join(MARKERS)}, "
            f"index.html and main.py, found {files}"
        ),
        fix="add a Procfile with `web: COMMAND`, or write a score.yaml",
    )
