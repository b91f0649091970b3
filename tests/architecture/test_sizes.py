"""A file that grows long is asking for a new room."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "rackhouse"
FILES = sorted(SOURCE.rglob("*.py"))
WALL = 400
FUNCTION_WALL = 60


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def test_no_file_passes_the_wall() -> None:
    assert not {str(f.relative_to(SOURCE)): _lines(f) for f in FILES if _lines(f) > WALL}


def test_the_median_file_is_short() -> None:
    sizes = [_lines(f) for f in FILES if _lines(f) > 1]
    assert statistics.median(sizes) < 130


def test_command_files_only_parse_call_and_print() -> None:
    commands = SOURCE / "cli" / "commands"
    assert not {f.name: _lines(f) for f in commands.glob("*.py") if _lines(f) > 100}


def test_every_module_says_what_it_is() -> None:
    assert not [str(f) for f in FILES if not ast.get_docstring(ast.parse(f.read_text()))]


def test_functions_stay_short() -> None:
    long = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > FUNCTION_WALL:
                    long[f"{file.relative_to(SOURCE)}:{node.name}"] = size
    assert not long
