"""Has code coloured and READMEs rendered by the process `paint`; does without when that fails."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.process import run_sync

_PATIENCE = 5.0  # seconds
_MOST = 192 * 1024  # characters of code that are coloured for one page
_KEPT = 4 * 1024 * 1024  # characters of answers that are remembered
_PASSED_ON = ("PATH", "HOME", "PYTHONPATH", "PYTHONHOME")  # the console's secrets are not

Piece = tuple[str, Sequence[str]]  # the name of a file, lines of it


class Painter:
    """Blocks: it is called in a thread. Answers are remembered, the last ones longest."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def code(self, pieces: Sequence[Piece]) -> list[list[Markup]]:
        """Each piece's lines as HTML, coloured as far as that is known and not too much."""
        left, asked = _MOST, []
        for name, lines in pieces:
            left -= sum(map(len, lines))
            asked.append((name, lines if left >= 0 else ()))
        coloured = self._ask({"code": asked}) if any(lines for _, lines in asked) else None
        found = coloured or [None] * len(pieces)
        return [
            [Markup(line) for line in html] if html else [escape(line) for line in lines]  # noqa: S704 -- made by `paint`, which escapes
            for (_, lines), html in zip(pieces, found, strict=True)
        ]

    def readme(self, text: str, *, repository: str, at: str, folder: str) -> Markup | None:
        """A README in Markdown as HTML that does nothing; None when it cannot be had."""
        words = {"text": text, "repository": repository, "at": at, "folder": folder}
        html = self._ask({"readme": words})
        return None if html is None else Markup(html)  # noqa: S704 -- `readme` has sanitized it

    def _ask(self, question: object) -> Any:
        words = json.dumps(question)
        key = hashlib.sha256(words.encode()).digest()
        with self._lock:
            answer = self._answers.get(key)
        if answer is None:
            answer = _painted(words)
            self._remember(key, answer)
        return json.loads(answer)

    def _remember(self, key: bytes, answer: str) -> None:
        with self._lock:
            self._answers[key] = answer
            while sum(map(len, self._answers.values())) > _KEPT:
                self._answers.popitem(last=False)


def _painted(words: str) -> str:
    """JSON; `null` when there is no answer in time, or one that is too long."""
    argv = [sys.executable, "-P", "-m", "rackhouse.console.code.paint"]
    env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = run_sync(argv, env=env, input=words, timeout=_PATIENCE)
    except RackhouseError:
        return "null"
    return "null" if done.code or done.cut or not done.out else done.out
