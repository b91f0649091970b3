"""Previews: what a branch would make of an application, beside it, for a while.

A preview is an application like any other, called `BRANCH--APPLICATION`: with its own name, its own
data (empty, or what its seed puts in), and a last day. It leaves with its branch, data and all.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from rackhouse.app.annotations import PREFIX
from rackhouse.app.model import App, Need, ResourceType
from rackhouse.apply.outcome import Silent
from rackhouse.delivery.remove import remove
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import parse_duration
from rackhouse.store.forge import Forge

if TYPE_CHECKING:
    from datetime import datetime

    from rackhouse.apply.open import OpenRack

LIFETIME = "7d"  # where its file says no other
_LONGEST = 40  # of an application's name; a label of a host name could be 63
_HASH, _MORE = 6, 16  # digits; the second where what follows is not the whole application


def preview_name(application: str, branch: str) -> str:
    """`new-form--shop` for the branch `feature/New_Form`... as far as a name may be long.

    Two branches never share one: where letters had to be changed or left out, a few digits of the
    branch's own name follow; more of them where the application's own name is cut, which others may
    begin with as well.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", branch.lower()).strip("-")
    slug = re.sub(r"^[^a-z]+", "", slug)
    name = f"{slug}--{application}"
    if slug == branch and len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(f"{branch}\0{application}".encode()).hexdigest()
    digits, more = digest[:_HASH], digest[:_MORE]
    end = f"{digits}--{application}"
    room = max(0, _LONGEST - len(end) - 1)
    start = slug[:room].rstrip("-") if len(end) < _LONGEST else ""
    name = f"{start}-{end}" if start else f"b{end}"
    cut = f"b{more}--{application}"[:_LONGEST].rstrip("-")
    return name if len(name) <= _LONGEST else cut


def previewed(app: App, *, first: bool) -> App:
    """The application as a preview of it runs: under no other's host name, sharing nothing (an `id`
    would lead to the live one's data), with an empty store that its seed fills when it is the
    `first` release.
    """
    seed = _annotation(app, "preview-seed")
    before = app.before
    if seed and first:
        words = f"{seed} && exec {shlex.join(before)}" if before else f"exec {seed}"
        before = ("sh", "-c", words)
    return replace(app, before=before, needs=tuple(map(_its_own, app.needs)), expires=None)


def lifetime(app: App) -> float:
    """Seconds that a preview of it is kept after its last push."""
    return parse_duration(_annotation(app, "preview-lifetime") or LIFETIME)


async def close(house: OpenRack, forge: Forge, application: str, now: datetime) -> None:
    """Take a preview down with all of its data."""
    row = house.store.application(application)
    if row is not None:
        with suppress(Missing):  # an earlier try took all but the row of the forge
            await remove(house, application, purge=True, observer=Silent(), now=now)
    forge.drop_preview(application)


def _annotation(app: App, word: str) -> str:
    return dict(app.annotations).get(f"{PREFIX}{word}", "")


def _its_own(need: Need) -> Need:
    """Without what leads to the live application's: a shared resource, a route's host names."""
    own = replace(need, id="")
    if need.type is not ResourceType.ROUTE:
        return own
    return replace(own, params=tuple(pair for pair in need.params if pair[0] != "host"))
