"""Variables that a person sets over an application's file. Each change makes a new release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.apply.outcome import Observer
from rackhouse.delivery import releases, variables
from rackhouse.delivery.deploy import Deployed, bring
from rackhouse.delivery.lock import delivering

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def overrides(house: OpenRack, application: str) -> Mapping[str, str]:
    """What was set. Missing when there is no such application."""
    releases.live_folder(house, application)
    return variables.overrides(house.store, application)


async def change_env(
    house: OpenRack,
    application: str,
    changes: Mapping[str, str | None],
    *,
    observer: Observer,
    now: datetime,
) -> Deployed:
    """Set variables, or (None) go back to what the file says; release the application anew.

    When the new release does not become ready, the old one serves on and nothing stays set.
    """
    store = house.store
    with delivering(house, f"env {application}", now) as current:
        before = variables.overrides(store, application)
        after = {k: v for k, v in {**before, **changes}.items() if v is not None}
        by = "env " + " ".join(sorted(changes))  # names alone: a value may be a secret after all
        variables.put_overrides(store, application, after)
        try:
            made = releases.remake(current, application, by=by, now=now)
            return await bring(current, made, "env", observer=observer)
        except BaseException:
            variables.put_overrides(store, application, before)
            raise
