"""Secrets that a person gives an application. Each change makes a new release of what runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.model import ResourceType
from rackhouse.app.reader import LABEL
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import bring
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import live, remake
from rackhouse.kit.errors import Missing, RackhouseError, Refused, UsageError
from rackhouse.resources.core import Id
from rackhouse.targets.vault.by_hand import give, given

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


async def set_secret(
    house: OpenRack,
    application: str,
    name: str,
    value: str,
    *,
    observer: Observer,
    now: datetime,
) -> None:
    """Remember the secret; an application that runs and asks for it is released anew with it.

    When the new release does not become ready, the old one serves on with the old secret.
    """
    for word in (application, name):
        if not LABEL.fullmatch(word):
            fix = "use small letters, digits and hyphens, as in the application's file"
            raise UsageError(f"{word!r} cannot be a name", fix=fix)
    store = house.store
    with delivering(house, f"secret {application} {name}", now) as current:
        before = store.values(_id(application, name)).get("value")

        def undo() -> None:
            if before is not None:
                give(store, application, name, before.reveal())

        give(store, application, name, value)
        if _asked_for(current, application, name):
            try:
                made = remake(current, application, by=f"secret {name}", now=now)
            except RackhouseError:
                undo()
                raise
            await bring(current, made, "secret", observer=observer, undo=undo)


def unset_secret(house: OpenRack, application: str, name: str) -> None:
    """Forget the secret. Refused while the application asks for it; Missing when there is none."""
    if not house.store.values(_id(application, name)):
        raise Missing(
            f"{application} has no secret {name!r}",
            fix=f"see `rackhouse secret list {application}`",
        )
    if _asked_for(house, application, name):
        raise Refused(
            f"{application} asks for the secret {name!r}",
            fix=f"take `{name}` out of its score.yaml and deploy it, then unset the secret",
        )
    house.store.forget(_id(application, name))
    house.store.drop_stamp(_id(application, name))


def list_secrets(house: OpenRack, application: str | None = None) -> Sequence[str]:
    """`application.name` of every secret, or of those of one application."""
    names = sorted(given(house.store))
    return [n for n in names if application is None or n.startswith(f"{application}.")]


def _id(application: str, name: str) -> Id:
    return Id("vault", "given", f"{application}.{name}")


def _asked_for(house: OpenRack, application: str, name: str) -> bool:
    from rackhouse.desired.models import keys_of

    app = live(house.store, application)
    if app is not None and f"{application}.{name}" in keys_of(house.rack):
        return True
    needs = app.needs if app else ()
    return any(need.type is ResourceType.SECRET and need.name == name for need in needs)
