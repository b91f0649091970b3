"""Secrets that a person gives an application. Each change makes a new release of what runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.model import ResourceType
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import deploy
from rackhouse.delivery.releases import live, live_folder
from rackhouse.kit.errors import Missing, Refused
from rackhouse.kit.text import is_name
from rackhouse.resources.core import Id

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
    """Remember the secret; an application that runs and asks for it is released anew with it."""
    if not is_name(name) or not is_name(application):
        wrong = application if not is_name(application) else name
        raise Refused(
            f"{wrong!r} cannot be a name", fix="use 1 to 40 of a-z, 0-9 and -, beginning a-z"
        )
    if not value:
        raise Refused("a secret cannot be empty", fix="`rackhouse secret unset` forgets one")
    house.store.replace(_id(application, name), {"value": value})
    if _asked_for(house, application, name):
        await deploy(
            house,
            live_folder(house, application),
            name=application,
            by=f"secret set {name}",
            observer=observer,
            now=now,
            force=True,
        )


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


def list_secrets(house: OpenRack, application: str | None = None) -> Sequence[str]:
    """`application.name` of every secret, or of those of one application."""
    names = sorted(id.name for id in house.store.chosen("vault", "given"))
    return [n for n in names if application is None or n.startswith(f"{application}.")]


def _id(application: str, name: str) -> Id:
    return Id("vault", "given", f"{application}.{name}")


def _asked_for(house: OpenRack, application: str, name: str) -> bool:
    app = live(house.store, application)
    needs = app.needs if app else ()
    return any(need.type is ResourceType.SECRET and need.name == name for need in needs)
