"""Writes a draft as score.yaml text, its notes as comments. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rackhouse.app.inference.draft import Draft, Program, Words
from rackhouse.app.template import escape_command

SERVICE_PORT = 80  # what clients say; the container listens on its own

_PLAIN = re.compile(r"\.|[A-Za-z/][A-Za-z0-9_./=@-]*")
_NO_TEXT = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # to some YAML reader
_ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def write(draft: Draft, name: str) -> str:
    """The text of a score.yaml that `score.parse` reads."""
    return "\n".join(_lines(draft, name)) + "\n"


def _lines(draft: Draft, name: str) -> Iterator[str]:
    yield f"# Inferred from {_line(draft.source)}."
    for note in draft.notes:
        yield f"# {_line(note)}"
    yield "apiVersion: score.dev/v1b1"
    yield "metadata:"
    yield f"  name: {_text(name)}"
    if draft.annotations:
        yield "  annotations:"
        yield from (f"    {_text(key)}: {_text(value)}" for key, value in draft.annotations)
    yield "containers:"
    for program in draft.programs:
        yield from _program(program)
    if draft.port:
        yield "service:"
        yield "  ports:"
        yield f"    web: {{port: {SERVICE_PORT}, targetPort: {draft.port}}}"
    yield from _resources(draft)


def _program(program: Program) -> Iterator[str]:
    yield f"  {_text(program.name)}:"
    yield f"    image: {_text(program.image)}"
    if program.command:
        yield f"    command: {_list(program.command)}"
    if program.variables:
        yield "    variables:"
        yield from (f"      {_text(key)}: {_text(value)}" for key, value in program.variables)
    if program.volumes:
        yield "    volumes:"
        for target, need in dict(program.volumes).items():
            yield f"      {_text(target)}: {{source: {_text(f'${{resources.{need}}}')}}}"


def _resources(draft: Draft) -> Iterator[str]:
    needs = [f"  {_text(name)}: {{type: {type_}}}" for name, type_ in draft.needs]
    if draft.port:
        needs.append(f"  route: {{type: route, params: {{port: {SERVICE_PORT}}}}}")
    elif any(value == "static" for _, value in draft.annotations):
        needs.append("  route: {type: route}")
    if needs:
        yield "resources:"
        yield from needs


def _list(words: Words) -> str:
    return f"[{', '.join(_text(escape_command(word)) for word in words)}]"


def _text(text: str) -> str:
    """Plain where that is safe, else in quotes, so that it is a text for every YAML reader."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    return '"' + "".join(map(_character, text.replace("\0", ""))) + '"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
