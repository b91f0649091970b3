"""An address that takes no connection and does not say so, as behind a firewall: the wait for it is
bounded, it was never asked, and the next one answers.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from fakes.models.counted import counted
from fakes.models.desk import desk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nowhere() -> Iterator[str]:
    """A socket whose queue is full: the system drops what comes next without a word."""
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(16):
            one = stack.enter_context(socket.socket())
            one.settimeout(0.2)
            try:
                one.connect(deaf.getsockname())
            except TimeoutError:
                break
        else:
            pytest.fail("this system takes connections that nobody accepts")
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}"


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_the_next_one_answers(nowhere: str, stream: bool) -> None:
    with desk(upstreams={"first": {"url": nowhere, "connect": 0.2}}) as one:
        ledger = counted(one.gateway)
        assert one.chat(stream=stream).headers["x-rackhouse-upstream"] == "second"
        assert ledger.released == ["first"]


def test_where_there_is_no_next_one_the_client_is_told(nowhere: str) -> None:
    with desk(("only",), upstreams={"only": {"url": nowhere, "connect": 0.2}}) as one:
        ledger = counted(one.gateway)
        answer = one.chat()
        assert answer.status_code == 502
        assert "only cannot be reached" in answer.json()["error"]["message"]
        assert ledger.released == ["only"]
