"""Every error that a client of the gateway can meet, in the form that OpenAI's clients read.

Problem            status  code                     when
├── BadRequest     400     invalid_request          the body is no request
├── Refused        4xx     as the upstream said     what was asked is wrong whoever is asked
├── Unauthorized   401     invalid_api_key          no key, or none that we know
├── Forbidden      403     model_not_allowed        the key may not ask for that model
├── NotFound       404     model_not_found          no model of that name
├── TooLarge       413     request_too_large        the body is over the limit
├── OverBudget     429     insufficient_quota       a budget is used up
├── TooMany        429     rate_limit_exceeded      a rate, or a full queue
├── UpstreamFailed 502     upstream_failed          nobody who could answer did
│   └── Busy       429     rate_limit_exceeded      all of them have too much to do
└── Away           503     ledger_unavailable       budgets cannot be counted just now
"""

from __future__ import annotations


class Problem(Exception):
    """What is wrong and how to mend it; `param` names the field. `retry_after` in seconds. `mend`
    is the fix where whoever raises it knows none that is nearer.
    """

    status: int = 500
    type: str = "server_error"
    code: str = "internal"
    mend: str = "its log says how"

    def __init__(
        self, what: str, *, fix: str = "", param: str = "", retry_after: float = 0.0
    ) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix or self.mend
        self.param = param
        self.retry_after = retry_after

    @property
    def message(self) -> str:
        """One sentence, and one that says how to mend it."""
        return f"{self.what}. {self.fix}" if self.fix else self.what


class BadRequest(Problem):
    """The body is no request."""

    status, type, code = 400, "invalid_request_error", "invalid_request"
    mend = "GET /openapi.json describes what is read here; the rest is as its protocol has it"


class Refused(Problem):
    """The upstream says that the request is wrong: its status, its words, as they are."""

    type, code = "invalid_request_error", "invalid_request"
    mend = ""

    def __init__(
        self, what: str, *, status: int, code: str = "", param: str = "", fix: str = ""
    ) -> None:
        super().__init__(what, param=param, fix=fix)
        self.status = status
        self.code = code or self.code


class Unauthorized(Problem):
    """No key, or none that we know."""

    status, type, code = 401, "authentication_error", "invalid_api_key"
    mend = "send the header `Authorization: Bearer KEY`; never in the address"


class Forbidden(Problem):
    """The key may not ask for that."""

    status, type, code = 403, "permission_error", "model_not_allowed"
    mend = "GET /v1/models lists what this key may ask for"


class NotFound(Problem):
    """No model of that name."""

    status, type, code = 404, "invalid_request_error", "model_not_found"
    mend = "GET /v1/models lists what this key may ask for"


class TooLarge(Problem):
    """The body is over the limit."""

    status, type, code = 413, "invalid_request_error", "request_too_large"
    mend = "send less at once"


class OverBudget(Problem):
    """A budget is used up."""

    status, type, code = 429, "insufficient_quota", "insufficient_quota"
    mend = "ask for a shorter answer, wait until the budget begins anew, or have it raised"


class TooMany(Problem):
    """A rate, or a full queue."""

    status, type, code = 429, "rate_limit_error", "rate_limit_exceeded"
    mend = "ask again after the seconds of the header `retry-after`"


class UpstreamFailed(Problem):
    """Nobody who could answer did."""

    status, type, code = 502, "upstream_error", "upstream_failed"
    mend = "ask again in a moment; `rackhouse models` shows how those who answer are"


class Busy(UpstreamFailed):
    """All who could answer have too much to do: clients wait as long as they are told."""

    status, type, code = 429, "rate_limit_error", "rate_limit_exceeded"
    mend = TooMany.mend


class Away(Problem):
    """Budgets cannot be counted just now."""

    status, type, code = 503, "server_error", "ledger_unavailable"
    mend = "ask again in a moment; where it lasts, `rackhouse status` shows what is away"
