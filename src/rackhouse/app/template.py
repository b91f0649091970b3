"""Placeholders: text into a `Template` and back, by Score's rules. Pure; knows no resource.

`${resources.db.url}` is a placeholder, `$$` a dollar sign, any other `$` itself; a dot inside a key
is written `\\.`. In commands, which Score never expands and shells do, only `${metadata.`,
`${resources.` and `${service.` are ours: `$$`, `$PORT` and `${HOME:-/}` stay the shell's.
"""

from __future__ import annotations

import re

from rackhouse.app.model import Placeholder, Template
from rackhouse.kit.text import did_you_mean

ROOTS = ("metadata", "resources", "service")

_DOLLAR = re.compile(r"\$([${])")
_DOT = re.compile(r"(?<!\\)\.")
_IN_COMMAND = re.compile(r"\$(\$?)\{((?:metadata|resources|service)\.[^}]*)\}")


class TemplateError(ValueError):
    """A placeholder that cannot be read. `position` counts characters of the text from 0."""

    def __init__(self, what: str, fix: str, position: int) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.position = position


def parse(text: str) -> Template:
    """The template that `text` is the source of. TemplateError at the first bad placeholder."""
    parts: list[str | Placeholder] = []
    at = 0
    while match := _DOLLAR.search(text, at):
        parts.append(text[at : match.start()])
        at = match.end()
        if match[1] == "$":
            parts.append("$")
            continue
        end = text.find("}", at)
        if end < 0:
            what = f"{text[match.start() :][:40]!r} is not closed"
            fix = "write the missing `}`, or `$${` where the text itself is meant"
            raise TemplateError(what, fix, match.start())
        parts.append(_placeholder(text[at:end], match.start()))
        at = end + 1
    return join(*parts, text[at:])


def parse_command(text: str) -> Template:
    """The same for a word of a command. TemplateError when a key of ours is empty."""
    parts: list[str | Placeholder] = []
    at = 0
    for match in _IN_COMMAND.finditer(text):
        parts.append(text[at : match.start()])
        inner = match[2]
        parts.append("${" + inner + "}" if match[1] else _placeholder(inner, match.start()))
        at = match.end()
    return join(*parts, text[at:])


def join(*parts: str | Placeholder) -> Template:
    """A template in its normal form: neighbouring strings are one, no string is empty."""
    joined: list[str | Placeholder] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return Template(tuple(joined))


def source(template: Template) -> str:
    """The text that `parse` reads as this template."""
    return "".join(
        escape(part) if isinstance(part, str) else "${" + ".".join(map(_key, part.keys)) + "}"
        for part in template.parts
    )


def escape(text: str) -> str:
    """The source of `text` itself: what a placeholder could be read into is doubled."""
    return re.sub(r"\$(?=[${]|$)", "$$", text)


def escape_command(text: str) -> str:
    """The same for a word of a command."""
    return _IN_COMMAND.sub(lambda match: f"$${{{match[2]}}}", text)


def _key(key: str) -> str:
    return key.replace(".", "\\.")


def _placeholder(inner: str, position: int) -> Placeholder:
    keys = tuple(key.replace("\\.", ".") for key in _DOT.split(inner))
    shown = "${" + inner + "}"
    if keys[0] not in ROOTS:
        hint = did_you_mean(keys[0], ROOTS)
        what = f"{shown} begins with none of {', '.join(ROOTS)}{'.' if hint else ''}{hint}"
        fix = f"write ${shown} where the text itself is meant, for a shell to read"
        raise TemplateError(what, fix, position)
    if not all(keys):
        fix = "name what is meant: ${resources.db.url}"
        raise TemplateError(f"{shown} has an empty key", fix, position)
    return Placeholder(keys)
