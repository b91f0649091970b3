"""Our own small actions in place of those that nearly every project uses, so that a run needs no
Internet. `actions/NAME/action.yml` beside this file; act is told to use them. Reads files only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ACTIONS = Path(__file__).with_name("actions")
STANDINS: Mapping[str, str] = {
    "actions/setup-python": "setup-python",
    "actions/setup-node": "setup-node",
    "astral-sh/setup-uv": "setup-uv",
    "actions/cache": "cache",
    "actions/upload-artifact": "upload-artifact",
    "actions/download-artifact": "download-artifact",
}
CHECKOUT = "actions/checkout"  # act has one built in

_USES = re.compile(
    r"(?:^|[{,])[\s-]*[\"']?uses[\"']?\s*:\s*[\"']?(?:https?://[^/\s]+/)?([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@([\w./-]+)",
    re.MULTILINE,
)


def is_ours(uses: str) -> bool:
    """Whether `actions/cache/restore@v4` is answered by an action of our own."""
    name = "/".join(uses.partition("@")[0].split("/")[:2])
    return name in STANDINS


def mappings(folder: Path, workflows: Iterable[str]) -> Iterator[str]:
    """`actions/cache@v4=FOLDER` for each that the workflows, or actions in `folder`, use."""
    found = set()
    for text in (*workflows, *_actions_in(folder)):
        found.update(_USES.findall(text))
    for name, version in sorted(found):
        if name in STANDINS:
            yield f"{name}@{version}={ACTIONS / STANDINS[name]}"


def _actions_in(folder: Path) -> Iterator[str]:
    """Composite actions that the repository brings with it."""
    for pattern in (".github/**/action.y*ml", ".gitea/**/action.y*ml", "*/action.y*ml"):
        for file in folder.glob(pattern):
            if file.is_file() and not file.is_symlink() and file.stat().st_size < 2**20:
                yield file.read_text("utf-8", errors="replace")
