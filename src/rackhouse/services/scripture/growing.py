"""An application that answers with what it has, while the rest of its texts is still imported.

On most machines all is there before anybody could ask. A small one takes minutes for modules and
files of one's own, and whoever starts it waits one minute.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import threading
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

_log = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds until it answers with a part
_STEP = 1.0


class Growing:
    """`whole` imports what is missing, in a thread of its own; `part` is what is there meanwhile,
    None where that is nothing yet. What goes wrong at the start is raised.
    """

    def __init__(
        self,
        whole: Callable[[], ASGIApp],
        part: Callable[[], ASGIApp | None],
        patience: float = PATIENCE,
    ) -> None:
        self._whole = whole
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._error: Exception | None = None
        self._app: ASGIApp | None = None
        threading.Thread(target=self._grow, daemon=True).start()
        while not self._done.wait(patience):
            patience = _STEP
            if (some := part()) is not None:
                self._meanwhile(some)
                break
        if self._error:
            raise self._error

    def _meanwhile(self, some: ASGIApp) -> None:
        with self._lock:
            if not self._done.is_set():
                _log.info("answers with the texts that are there; the others follow")
                self._app = some

    def _grow(self) -> None:
        try:
            whole = self._whole()
        except Exception as error:  # noqa: BLE001 (said where it is waited for, or in the log)
            with self._lock:
                if self._app is None:
                    self._error = error
                else:
                    _log.error("what is left of the texts is not served: %s", error)
                self._done.set()
        else:
            with self._lock:
                self._app = whole
                self._done.set()
            _given_back()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the application that it is now."""
        assert self._app
        await self._app(scope, receive, send)


def _given_back() -> None:
    """What an import needed, to the system: a third of it, which the C library would keep."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # a libc that is not GNU's
        ctypes.CDLL(None).malloc_trim(0)
