"""Text in, a `Rack` or a `FileError` with every problem out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.yaml import Node, parse
from rackhouse.rack.complete import complete
from rackhouse.rack.migrate import migrate, version_of
from rackhouse.rack.model import CURRENT, Rack
from rackhouse.rack.read import Positions, Reader
from rackhouse.rack.rules import findings
from rackhouse.rack.unreadable import UNREAD


def load(text: str, file: str = "rack.yaml") -> Rack:
    """The rack that `text` describes; of an empty text, a rack of one machine.

    A file in an older format is read as if it were migrated; `version` then says which it is in.
    """
    parsed = parse(text)
    version = version_of(parsed.root)
    if version < CURRENT and parsed.whole:
        parsed = parse(migrate(text).text)
    problems = list(parsed.problems)
    rack: Rack = UNREAD
    if parsed.whole and version > CURRENT:
        problems.append(_too_new(parsed.root, version))
    elif parsed.whole:
        reader = Reader()
        rack = reader.read(Rack, parsed.root)
        problems += reader.problems
        if rack is not UNREAD:
            rack = complete(rack)
            problems += _judged(rack, reader.positions)
    if problems:
        raise FileError(file, problems)
    return replace(rack, version=version)


def _too_new(root: Node, version: int) -> Problem:
    (line,) = [value.line for key, value in root.pairs if key.text == "version"]
    what = f"the file is in format {version}, this Rackhouse knows {CURRENT} at most"
    fix = "upgrade Rackhouse"
    return Problem(line=line, rule="version-too-new", path="version", what=what, fix=fix)


def _judged(rack: Rack, positions: Positions) -> Iterator[Problem]:
    for rule, finding in findings(rack):
        at = finding.path
        while at not in positions:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        line, column = positions[at]
        what, fix = finding.what, finding.fix
        yield Problem(line=line, column=column, rule=rule, path=finding.path, what=what, fix=fix)
