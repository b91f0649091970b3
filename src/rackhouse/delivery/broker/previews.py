"""Previews by the broker: opened for a job of the repository that the application is from, and
taken down when such a job asks, or when they are over.

A preview has an account `releaser` of its own, by which the job then releases there as anywhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import decode
from rackhouse.delivery.broker.asking import Asked
from rackhouse.delivery.broker.lending import check_from, lend
from rackhouse.delivery.onrack.previews import close, open_preview, sweep
from rackhouse.delivery.onrack.release import Coming
from rackhouse.delivery.previews import preview_name
from rackhouse.kit.errors import FileError, NotReady, RackhouseError, Refused, Unavailable
from rackhouse.resources.previews import Preview
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server

if TYPE_CHECKING:
    from rackhouse.delivery.broker.app import Broker

SWEEP = 60.0  # seconds between two looks at what is over

_log = logging.getLogger("rackhouse.broker")
_LONGEST = 200  # characters of a branch
# What takes longer is asked for again: a job waits for an answer half a minute.
_PACE = Pace(ready=10.0, gone=10.0, kind=5.0)
# What a text that is no application's does to whoever compiles it.
_STRANGE = (ValueError, LookupError, TypeError, AttributeError, AssertionError)


async def opened(broker: Broker, asked: Asked) -> Mapping[str, str]:
    """A token of the preview's account, with its name, and until when it is kept (RFC 3339)."""
    branch = _branch(asked)
    async with broker.opens() as server:
        await check_from(server, asked)
        async with broker.turns[asked.application]:
            preview = await _made(server, asked, branch)
        lent = await lend(server, replace(asked, application=preview.name))
    _log.info("%s: lent to a job of %s", preview.name, asked.repository)
    return {**lent.json(), "preview": preview.name, "until": preview.until.isoformat()}


async def closed(broker: Broker, asked: Asked) -> Mapping[str, str]:
    """Which one was taken down; "" where there was none."""
    name = preview_name(asked.application, _branch(asked))
    async with broker.opens() as server:
        await check_from(server, asked)
        async with broker.turns[asked.application]:
            done = await close(server, asked.application, name, _log.info)
    return {"preview": name if done else ""}


async def sweeping(broker: Broker, every: float = SWEEP) -> None:
    """Take down what is over, for as long as the broker lives."""
    while True:
        try:
            async with broker.opens() as server:
                await sweep(server, datetime.now(UTC), _log.info, broker.turns.__getitem__)
        except RackhouseError as error:
            _log.info("previews: %s", error.what)
        await asyncio.sleep(every)


async def _made(server: Server, asked: Asked, branch: str) -> Preview:
    try:
        return await open_preview(server, _coming(asked), branch, _log.info, _PACE)
    except NotReady as error:
        raise Unavailable(f"on its way: {error.what}", where=error.where) from error
    except FileError as error:
        raise Refused(str(error)) from error
    except _STRANGE as error:
        raise Refused("what it would show is no application of a folder's") from error


def _coming(asked: Asked) -> Coming:
    app = decode(str(asked.more.get("app")))
    if app.release is None:
        raise Refused("what it would show has no release")
    by = f"{asked.repository} {_branch(asked)}"
    name = asked.application
    return Coming(app=replace(app, name=name), release=app.release, by=by, now=time.time())


def _branch(asked: Asked) -> str:
    branch = asked.more.get("branch")
    if not isinstance(branch, str) or not branch.isprintable() or not 0 < len(branch) <= _LONGEST:
        raise Refused("no branch is called so", fix="send $GITHUB_REF_NAME")
    return branch
