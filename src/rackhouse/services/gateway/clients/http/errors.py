"""What can go wrong with a request, in words that a client may be told: they name no address."""

from __future__ import annotations


class HttpError(Exception):
    """No whole answer came.

    HttpError
    ├── Unreached    nothing was sent
    └── Broken       it may have worked, and broke off, or said what is no answer
        └── Silent   it said nothing for as long as was waited
    """


class Unreached(HttpError):
    """There is no connection to it."""


class Broken(HttpError):
    """It broke off, or said what is no answer."""


class Silent(Broken):
    """It said nothing for as long as was waited."""
