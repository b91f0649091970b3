"""Why an agent did not start, from what its channel said last."""

from __future__ import annotations

import pytest

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.targets.host.start import _why
from rackhouse.transport.channel import Ended


@pytest.mark.parametrize(
    ("code", "err", "what", "fix"),
    [
        (1, "sudo: a password is required", "sudo asks for a password", "NOPASSWD"),
        (1, "pi is not in the sudoers file.", "sudo asks for a password", "NOPASSWD"),
        (127, "bash: line 1: sudo: command not found", "there is no sudo", "apt install sudo"),
        (127, "bash: line 1: python3: command not found", "no python3", "python3-minimal"),
        (1, "sudo: python3: command not found", "no python3", "python3-minimal"),
        (1, "", "exit code 1, it said: nothing", "by hand"),
        (1, "SyntaxError: invalid syntax", "it said: SyntaxError", "by hand"),
    ],
)
def test_what_a_host_lacks_is_named(code: int, err: str, what: str, fix: str) -> None:
    error = _why(Ended(code, f"a banner\n{err}" if err else ""), "host.pi-1")
    assert isinstance(error, HostError)
    assert str(error).startswith("host.pi-1: ")
    assert what in error.what
    assert fix in error.fix


def test_a_broken_connection_may_be_tried_again() -> None:
    assert isinstance(_why(Ended(None, ""), "host.pi-1"), Unavailable)
