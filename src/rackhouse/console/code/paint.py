"""`python -m rackhouse.console.code.paint`: colours code and renders READMEs; JSON in, JSON out.

In a process of its own, since the patterns of a lexer can be led to run for ever, and since what it
takes in memory goes with it. `painter` asks it, and does without when there is no answer.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

_SECONDS = 10
_MEMORY = 1 << 30


def paint(name: str, lines: Sequence[str]) -> list[str] | None:
    """The lines of a file of that name as HTML; None where nobody knows what they are."""
    try:
        return coloured(get_lexer_for_filename(name, stripnl=False), lines)
    except ClassNotFound:
        return None


def paint_block(language: str, text: str) -> str:
    """A block of code in a README, as HTML; "" for a language that nobody knows."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return ""
    return "\n".join(coloured(lexer, text.removesuffix("\n").split("\n")) or ())


def coloured(lexer: Lexer, lines: Sequence[str]) -> list[str] | None:
    """As HTML, each line balanced; None when the lexer makes other lines of it."""
    html = highlight("\n".join([*lines, ""]), lexer, HtmlFormatter(nowrap=True))
    found = html.split("\n")[:-1]
    return found if len(found) == len(lines) else None


def main() -> None:
    """Answer the one question that stands on the standard input."""
    for kind, most in ((resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_AS, _MEMORY)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
    asked = json.load(sys.stdin.buffer)
    if "readme" in asked:
        from rackhouse.console.code.readme import render

        answer: object = render(**asked["readme"])
    else:
        answer = [paint(name, lines) for name, lines in asked["code"]]
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode(errors="replace"))


if __name__ == "__main__":
    main()
