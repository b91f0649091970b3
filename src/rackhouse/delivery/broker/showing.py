"""A job's end of previews: it asks the broker for one until that is there, and releases in it."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.app.codec import encode
from rackhouse.delivery.broker.asking import CLOSED, PREVIEW, lent
from rackhouse.delivery.broker.client import Job, ask
from rackhouse.delivery.onrack.release import Coming
from rackhouse.kit.errors import Unavailable
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.protocol import Say

_PATIENCE = 300.0  # seconds: its database is made, and its image fetched
_PACE = Pace(first=1.0, most=5.0)


async def opened(job: Job, coming: Coming, branch: str, say: Say) -> tuple[str, Access]:
    """The name of the preview of that branch, and the way to it as its own account.

    Refused, Missing, Unavailable, in the broker's words.
    """
    app = encode(replace(coming.app, release=coming.release))
    question = {
        "application": coming.app.name,
        "branch": branch,
        "app": app,
    }
    said = ""
    async for _, last in _PACE.looks(_PATIENCE):
        try:
            found = await ask(job, PREVIEW, question)
        except Unavailable as error:
            if last:
                raise
            if error.what != said:
                say(f"waiting: {error.what}")
            said = error.what
        else:
            return str(found["preview"]), lent(found).access
    raise AssertionError("the last look has answered or raised")


async def closed(job: Job, application: str, branch: str) -> str:
    """The name of the preview that was taken down; "" where there was none. Raises as `opened`."""
    question = {"application": application, "branch": branch}
    found = await ask(job, CLOSED, question)
    return str(found["preview"])
