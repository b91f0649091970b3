"""The host's own tools, run by the agent."""

from __future__ import annotations

import threading

import pytest

from rackhouse.targets.host.agent import commands


def test_nothing_outlives_a_command_whose_words_nobody_hears() -> None:
    """The agent ends with its channel, and not when the command's time limit has passed."""

    def gone(_: str) -> None:
        raise BrokenPipeError

    before = threading.enumerate()
    with pytest.raises(BrokenPipeError):
        commands.attempt(["echo", "hello"], gone)
    for thread in set(threading.enumerate()) - set(before):
        thread.join(5)
        assert not thread.is_alive()
