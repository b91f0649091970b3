"""The words that a package of pythonbible's brings. Its file is read as data: none of it is run."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rackhouse.kit.errors import HostError, Missing
from rackhouse.services.scripture.model.cleaning import cleaned

_FILE = "plain_text_readers_bible.py"  # without the numbers of verses


def verses_of(package: str) -> dict[int, str]:
    """Verses by number, cleaned; those without words are left out. Missing, HostError."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Missing(
            f"the package {package.replace('_', '-')} is not installed",
            where="scripture",
            fix="install what requirements.lock of the service lists",
        )
    return read(Path(spec.submodule_search_locations[0]) / _FILE)


def read(file: Path) -> dict[int, str]:
    """The same, of one file."""
    try:
        return _verses(ast.parse(file.read_bytes()))
    except (OSError, ValueError, SyntaxError, LookupError, RecursionError) as error:
        raise HostError(
            f"the text cannot be read: {error}",
            where=str(file),
            fix="install that package anew, in the version that requirements.lock names",
        ) from error


def _verses(module: ast.Module) -> dict[int, str]:
    """It says `bible = Bible(version, text, where verses start, where they end, ...)`."""
    calls = [each.value for each in module.body if isinstance(each, ast.Assign)]
    if not calls or not isinstance(calls[0], ast.Call):
        raise ValueError("no text is assigned in it")
    _, text, starts, ends = (_literal(each) for each in calls[0].args[:4])
    told = {id: cleaned(text[start : ends[id]]) for id, start in starts.items()}
    return {id: said for id, said in told.items() if said}


def _literal(argument: ast.expr) -> Any:
    """Its value; None for a name."""
    return None if isinstance(argument, ast.Attribute) else ast.literal_eval(argument)
