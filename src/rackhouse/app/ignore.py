"""Patterns of files to leave out, as .gitignore writes them. Pure: text in, yes or no out."""

from __future__ import annotations

import re
from dataclasses import dataclass

ALWAYS = """
.git
.hg
.svn
.venv
venv/
node_modules
__pycache__/
*.pyc
.mypy_cache/
.pytest_cache/
.ruff_cache/
.hypothesis/
.tox/
.nox/
.DS_Store
"""

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[!?\]?[^\]/]*\]|\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line. `path`: what it matches, relative to where the root is."""

    path: re.Pattern[str]
    keeps: bool  # it began with `!`
    folders_only: bool


def patterns(text: str, base: str = "") -> tuple[Pattern, ...]:
    """The patterns of a file that lies in the folder `base`, "" being the root."""
    found = []
    for raw in text.splitlines():
        line = re.sub(r"(?<!\\) +$", "", raw)
        if not line or line.startswith("#"):
            continue
        keeps, line = line.startswith("!"), line.removeprefix("!")
        bare = line.rstrip("/")
        anchored = "/" in bare
        body = "".join(map(_translate, _TOKEN.findall(bare.removeprefix("/"))))
        start = re.escape(f"{base}/" if base else "") + ("" if anchored else "(?:.*/)?")
        found.append(Pattern(re.compile(start + body, re.DOTALL), keeps, line.endswith("/")))
    return tuple(found)


def ignored(rules: tuple[Pattern, ...], path: str, *, folder: bool) -> bool:
    """Whether `path` is left out: the last pattern that matches decides. Ask for parents first."""
    for rule in reversed(rules):
        if (folder or not rule.folders_only) and rule.path.fullmatch(path):
            return not rule.keeps
    return False


def _translate(token: str) -> str:
    if token == "**/":
        return "(?:.*/)?"
    if token == "/**":
        return "/.*"
    if token.startswith("*"):
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token.startswith("[") and len(token) > 2:
        inside = token[1:-1]
        negated = inside.startswith(("!", "^"))
        body = re.sub(r"([\\\[\]&~|^])", r"\\\1", inside[1:] if negated else inside)
        return f"[{'^/' if negated else ''}{body}]" if _valid(body) else re.escape(token)
    return re.escape(token.removeprefix("\\") or token)


def _valid(body: str) -> bool:
    try:
        re.compile(f"[{body}]")
    except re.error:
        return False
    return bool(body)
