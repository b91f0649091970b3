"""Kinds of scalar in what the rack file says of models, and the names to use them by. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from rackhouse.rack.kinds import show_number
from rackhouse.rack.scalars import STRING, Scalar, matching, whole

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS = rf"^{_CLOCK}-{_CLOCK}$"
_SHARE = r"^[0-9]{1,2}(\.[0-9]{1,2})?%$"
_URL = r"^https?://[A-Za-z0-9._:%\[\]-]+(/[^\s?#]*)?$"
_ZONE = r"^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$"


def _day(text: str) -> str:
    date.fromisoformat(text)  # 31 February is none
    return text


def _hours(text: str) -> str:
    first, last = text.split("-")
    if first == last:  # all day, or never?
        raise ValueError(text)
    return text


def _share(text: str) -> float:
    return round(float(text[:-1]) / 100, 6)


DAY = Scalar(
    word="day",
    expected="a day",
    example="2026-12-01",
    read=matching(_DAY, _day),
    schema={**STRING, "pattern": _DAY},
)
HOURS = Scalar(
    word="hours",
    expected="hours of the day",
    example="22:00-06:00",
    hint="write when it begins and when it ends, such as 22:00-06:00",
    read=matching(_HOURS, _hours),
    schema={**STRING, "pattern": _HOURS},
)
SHARE = Scalar(
    word="share",
    expected="a share",
    example="2%",
    hint="write a share below 100, such as 2% or 0.5%",
    read=matching(_SHARE, _share),
    show=lambda share: f"{show_number(round(share * 100, 4))}%",
    schema={**STRING, "pattern": _SHARE},
)
URL = Scalar(
    word="address",
    expected="an address",
    example="https://api.example.com/v1",
    hint="write https://HOST, with its path where it has one; HOST in ASCII, as xn--...",
    read=matching(_URL, lambda text: re.sub(r"(/v1)?/?$", "", text)),
    schema={**STRING, "pattern": _URL},
)
ZONE = Scalar(
    word="time zone",
    expected="a time zone",
    example="Europe/Berlin",
    hint="write its name in the time zone database, such as Europe/Berlin or UTC",
    read=matching(_ZONE, str),
    schema={**STRING, "pattern": _ZONE},
)

Day = Annotated[str, DAY]
Hours = Annotated[str, HOURS]
Share = Annotated[float, SHARE]
Times = Annotated[int, whole(0, 10, "2")]
Url = Annotated[str, URL]
Zone = Annotated[str, ZONE]
Tokens = Annotated[int, whole(1, 999_999_999, "8192")]
