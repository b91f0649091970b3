"""What a client of the service can meet. Each says what is wrong and how to mend it.

Problem            status  code
├── BadRequest     400     bad_request     a part of the request is wrong: `param` names it
├── Unauthorized   401     unauthorized    no key, or one that is no tenant's
├── NotFound       404     not_found       no such collection, document, job or path
├── NotAllowed     405     not_allowed     a method that the path does not have
├── TooLarge       413     too_large       more than is read at once
└── Away           503     away            PostgreSQL is away, and this needs it
"""

from __future__ import annotations


class Problem(Exception):
    """`param` names what of the request is meant; `retry_after` is in seconds, 0 for never."""

    status: int = 500
    code: str = "internal"
    retry_after: int = 0

    def __init__(self, what: str, *, fix: str = "", param: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.param = param

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}" if self.fix else self.what


class BadRequest(Problem):
    """A part of the request is wrong."""

    status, code = 400, "bad_request"


class Unauthorized(Problem):
    """No key, or one that is no tenant's."""

    status, code = 401, "unauthorized"


class NotFound(Problem):
    """No such collection, document, job or path."""

    status, code = 404, "not_found"


class NotAllowed(Problem):
    """A method that the path does not have."""

    status, code = 405, "not_allowed"


class TooLarge(Problem):
    """More than is read at once."""

    status, code = 413, "too_large"


class Away(Problem):
    """PostgreSQL is away, and this needs it."""

    status, code, retry_after = 503, "away", 2
