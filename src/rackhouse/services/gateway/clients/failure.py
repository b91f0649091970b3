"""Why an upstream did not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rackhouse.services.gateway.model.problem import BadRequest, Refused


class Failed(Exception):
    """It did not answer, or broke off. `asked`: it may have worked, and may charge for it.

    `fault` False: it is healthy and refused what was asked, so another may take it; `status` is
    what it said, and 0 where it said nothing; `retry_after` the seconds that it asks to be left
    alone; `doubtful`: the reason may be what was asked, and others may be answered. `refusal`: what
    the client is told in the upstream's own words, when nobody else takes it; `final`: nobody else
    would, so that nobody else is asked.
    """

    def __init__(
        self,
        why: str,
        *,
        asked: bool,
        fault: bool = True,
        status: int = 0,
        retry_after: float = 0.0,
        doubtful: bool = False,
        refusal: Refused | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.asked = asked
        self.fault = fault
        self.status = status
        self.retry_after = retry_after
        self.doubtful = doubtful
        self.refusal = refusal
        self.final = final

    @property
    def busy(self) -> bool:
        """It is healthy and has too much to do."""
        return self.status == 429 and not self.fault


@contextmanager
def sayable() -> Iterator[None]:
    """Around the writing of a request in an upstream's own form: what that cannot say, another may
    be asked.
    """
    try:
        yield
    except BadRequest as problem:
        refusal = Refused(problem.what, status=400, param=problem.param, fix=problem.fix)
        why = "cannot be asked that"
        raise Failed(why, asked=False, fault=False, refusal=refusal) from problem


class _Understood:
    """A class, since each answer passes through it: a generator would cost three times as much."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, ValueError):
            raise Failed(str(error), asked=True) from error


_UNDERSTOOD = _Understood()


def understood() -> _Understood:
    """Around the reading of an answer: whoever sent what is none has failed, having worked."""
    return _UNDERSTOOD
