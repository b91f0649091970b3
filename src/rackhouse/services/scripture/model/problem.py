"""What a client of the service can meet. Each says what is wrong and how to mend it.

Problem            status  code
├── BadReference   400     bad_reference       the text is no reference
│   └── Unreadable 400     bad_reference       and nothing like one stands there
├── BadRequest     400     bad_request         another part of the request is wrong
├── TooMuch        400     too_much            more verses than one answer holds
├── NotFound       404     not_found           no such translation, book, chapter or path
└── NotRead        405     not_allowed         a method that does not read
"""

from __future__ import annotations


class Problem(Exception):
    """`param` names what of the request is meant; `perhaps` are texts that would be right."""

    status: int = 500
    code: str = "internal"

    def __init__(
        self, what: str, *, fix: str = "", param: str = "", perhaps: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.param = param
        self.perhaps = perhaps

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}" if self.fix else self.what


class BadReference(Problem):
    """The text is no reference. `at` is where in it, counted from 0."""

    status, code = 400, "bad_reference"

    def __init__(
        self, what: str, *, fix: str = "", at: int = 0, perhaps: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, fix=fix, param="ref", perhaps=perhaps)
        self.at = at


class Unreadable(BadReference):
    """Where a book or a number should be is neither."""


class BadRequest(Problem):
    """Another part of the request is wrong."""

    status, code = 400, "bad_request"


class TooMuch(Problem):
    """More than one answer holds."""

    status, code = 400, "too_much"


class NotFound(Problem):
    """No such translation, book, chapter or path."""

    status, code = 404, "not_found"


class NotRead(Problem):
    """A method that does not read."""

    status, code = 405, "not_allowed"
