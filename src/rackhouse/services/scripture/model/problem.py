"""What a client of the service can meet besides what `kit.web.problem` has.

Problem                 status  code
├── BadReference        400     bad_reference    the text is no reference
│   └── Unreadable      400     bad_reference    and nothing like one stands there
└── TooMuch             400     too_much         more verses than one answer holds
"""

from __future__ import annotations

from rackhouse.kit.web.problem import Problem


class BadReference(Problem):
    """The text is no reference. `at` is where in it."""

    status, code = 400, "bad_reference"

    def __init__(
        self, what: str, *, fix: str = "", at: int = 0, perhaps: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, fix=fix, param="ref", perhaps=perhaps)
        self.at: int = at


class Unreadable(BadReference):
    """Where a book or a number should be is neither."""


class TooMuch(Problem):
    """More than one answer holds."""

    status, code = 400, "too_much"
