"""Variables that a person sets over an application's file. Each change makes a new release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.model import App, Kind
from rackhouse.apply.outcome import Observer
from rackhouse.delivery import releases
from rackhouse.delivery.deploy import Deployed, bring
from rackhouse.delivery.lock import delivering
from rackhouse.desired.listening import reserved
from rackhouse.kit.errors import Refused

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def overrides(house: OpenRack, application: str) -> Mapping[str, str]:
    """What is set over the file of the live release. Missing when there is no such application."""
    releases.live_folder(house, application)
    return releases.overrides(house.store, application)


async def change_env(
    house: OpenRack,
    application: str,
    changes: Mapping[str, str | None],
    *,
    observer: Observer,
    now: datetime,
) -> Deployed:
    """Set variables, or (None) go back to what the file says; release the application anew.

    Refused, before anything is changed, for a variable that the application would not see. When the
    new release does not become ready, the old one serves on, with what was set for that.
    """
    with delivering(house, f"env {application}", now) as current:
        before = overrides(current, application)
        app = releases.live(current.store, application)
        assert app is not None
        _check_seen(app, [key for key, value in changes.items() if value is not None])
        after = {k: v for k, v in {**before, **changes}.items() if v is not None}
        by = "env " + " ".join(sorted(changes))  # names alone: a value may be a secret after all
        made = releases.remake(current, application, by=by, now=now, values=after)
        return await bring(current, made, "env", observer=observer)


def _check_seen(app: App, names: Sequence[str]) -> None:
    """Refused for what the rack itself says, whatever is set."""
    if names and app.kind is Kind.STATIC:
        raise Refused(
            f"{app.name} is a static site: no program of it reads {', '.join(names)}",
            fix="change its files and deploy them",
        )
    if taken := sorted(reserved(app).intersection(names)):
        raise Refused(
            f"the rack itself says what {', '.join(taken)} is to {app.name}: it picks a free port",
            fix="leave it: a program reads it, and is reached at the address in `rackhouse status`",
        )
