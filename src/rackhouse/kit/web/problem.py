"""What a client of a service can meet. Each says what is wrong, where, and how to mend it.

Problem            status  code
├── BadRequest     400     bad_request     a part of the request is wrong: `param` names it
├── Unauthorized   401     unauthorized    nobody is signed in, or the key is nobody's
├── Forbidden      403     forbidden       another site's page sent it
├── NotFound       404     not_found       there is no such thing, or it is another's
├── NotAllowed     405     not_allowed     a method that the path does not have
├── TooLarge       413     too_large       more than is read at once
├── TooMany        429     too_many        more at once than is answered
└── Away           503     away            something that is needed for it does not answer
"""

from __future__ import annotations


class Problem(Exception):
    """`param` names what of the request is meant, `at` where in it, counted from 0; `perhaps` are
    texts that would be right. `retry_after` is in seconds, 0 for never.
    """

    status: int = 500
    code: str = "internal"
    retry_after: int = 0
    at: int | None = None

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


class BadRequest(Problem):
    """A part of the request is wrong."""

    status, code = 400, "bad_request"


class Unauthorized(Problem):
    """Nobody is signed in, or the key is nobody's."""

    status, code = 401, "unauthorized"


class Forbidden(Problem):
    """Another site's page sent it."""

    status, code = 403, "forbidden"


class NotFound(Problem):
    """There is no such thing, or it is another's: nobody is told which."""

    status, code = 404, "not_found"


class NotAllowed(Problem):
    """A method that the path does not have."""

    status, code = 405, "not_allowed"


class TooLarge(Problem):
    """More than is read at once."""

    status, code = 413, "too_large"


class TooMany(Problem):
    """More at once than is answered."""

    status, code = 429, "too_many"


class Away(Problem):
    """Something that is needed for it does not answer."""

    status, code, retry_after = 503, "away", 2
