"""What has expired does not go live. Pure."""

from __future__ import annotations

from datetime import date

from rackhouse.app.model import App
from rackhouse.kit.errors import Refused


def check_expiry(app: App, today: date) -> None:
    """Refused when the last day of what is to go live is over."""
    if app.expired(today):
        raise Refused(
            f"{app.name} expired on {app.expires}",
            fix="give its annotation `rackhouse.dev/expires` a later day, or leave it out",
        )
