"""Pins: each image of the platform by its content, as `platform.lock` beside the rack file says.

Pure. What was not resolved is not in it and stays named by its tag: no digest is made up here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.kit import yaml
from rackhouse.kit.errors import FileError, Problem

FILE = "platform.lock"
RULES = {
    "platform-lock-unreadable": (
        "A digest that was mistyped, or made up, names an image that nobody has looked for."
    )
}

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HEAD = "# Written by `rackhouse platform pin`. Keep it beside the rack file, in git.\n"
_INDEX = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One image: the digest of its index, and of each architecture's manifest in it."""

    digest: str
    architectures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pins:
    """Pins by the image's name with its tag."""

    images: Mapping[str, Pin] = field(default_factory=dict)

    def __call__(self, reference: str) -> str:
        """`valkey:9.1@sha256:...`; the name as it is where it was never resolved."""
        pin = self.images.get(reference)
        return f"{reference}@{pin.digest}" if pin else reference


UNPINNED = Pins()


def text(pins: Pins) -> str:
    """The file, sorted: the same pins give the same bytes."""
    lines = [_HEAD, "version: 1\n", "images:\n" if pins.images else "images: {}\n"]
    for name, pin in sorted(pins.images.items()):
        lines.append(f'  "{name}":\n    {_INDEX}: {pin.digest}\n')
        lines += [f"    {arch}: {digest}\n" for arch, digest in sorted(pin.architectures.items())]
    return "".join(lines)


def parse(content: str, file: str = FILE) -> Pins:
    """The inverse of `text`. FileError with every line that is none of it."""
    root = yaml.read(content, file=file)
    found: dict[str, Pin] = {}
    problems: list[Problem] = []
    top = {key.text: value for key, value in root.pairs}
    images = top.get("images", yaml.Node(yaml.Kind.MAPPING, 1, 1))
    if top.keys() - {"version", "images"} or _version(top) != "1":
        problems.append(_problem(root, "it is no list of pins that this version reads"))
    for name, entry in images.pairs:
        digests = {key.text: value.text for key, value in entry.pairs}
        wrong = [it for it in digests.values() if not _DIGEST.fullmatch(it)]
        if wrong or _INDEX not in digests:
            shown = wrong[0] if wrong else "no digest of its index"
            problems.append(_problem(name, f"{name.text} has {shown!r}"))
            continue
        index = digests.pop(_INDEX)
        found[name.text] = Pin(digest=index, architectures=digests)
    if problems:
        raise FileError(file, problems)
    return Pins(found)


def _version(top: Mapping[str, yaml.Node]) -> str:
    return top["version"].text if "version" in top else ""


def _problem(at: yaml.Node, what: str) -> Problem:
    (rule,) = RULES
    fix = "delete it and run `rackhouse platform pin`, which writes the file anew"
    return Problem(line=at.line, rule=rule, path="images", what=what, fix=fix)
