"""Why an upstream did not answer."""

from __future__ import annotations


class Failed(Exception):
    """It did not answer, or broke off. `asked`: it may have worked, and may charge for it.

    `fault` False: it is healthy and refused what was asked, so another may take it; `status` is
    what it said, and 0 where it said nothing.
    """

    def __init__(self, why: str, *, asked: bool, fault: bool = True, status: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.asked = asked
        self.fault = fault
        self.status = status
