"""People's keys, without what is secret of them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from rackhouse.services.gateway.model.config import Limit


class PersonKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is for, and what it may do. Never the key itself."""

    name: str
    person: str = ""
    application: str = ""
    models: tuple[str, ...] = ()  # names that it may ask for; none named: all
    limits: tuple[Limit, ...] = ()
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    expires: datetime | None = None
    made: datetime | None = None
