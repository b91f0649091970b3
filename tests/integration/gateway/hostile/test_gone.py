"""A client that goes away while it waits: its upstream is let go, and what it cost is noted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from fakes.models.desk import desk
from fakes.models.rack import SECRET

_BODY = {"model": "chat", "messages": [{"role": "user", "content": "a"}]}
_KEY = {"authorization": f"Bearer {SECRET}"}


@contextmanager
def _silent() -> Iterator[tuple[str, threading.Event, threading.Event]]:
    """An upstream that takes a request and says nothing: its address, whether it was asked, and
    whether it was let go.
    """
    asked, let_go = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line:
                line.settimeout(30)
                with suppress(ConnectionError):
                    while line.recv(65536):
                        asked.set()
                let_go.set()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked, let_go
        thread.join(30)


@pytest.mark.slow
def test_nothing_is_asked_on_for_a_client_that_left() -> None:
    with (
        _silent() as (url, asked, let_go),
        desk(("first",), upstreams={"first": {"url": url}}) as door,
    ):
        with pytest.raises(httpx.ReadTimeout):  # and with that it goes
            httpx.post(f"{door.url}/v1/chat/completions", json=_BODY, headers=_KEY, timeout=5)
        assert asked.is_set()
        assert let_go.wait(20)
