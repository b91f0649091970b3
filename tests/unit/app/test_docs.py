"""The page about application files says what the code does: types, annotations, limits."""

from __future__ import annotations

import re
from pathlib import Path

from rackhouse.app.annotations import SETTINGS
from rackhouse.app.inference.static import FOLDERS
from rackhouse.app.model import ResourceType
from rackhouse.app.rules import RULES
from rackhouse.app.score import parse
from rackhouse.app.tree import MAX_BYTES, MAX_FILES
from rackhouse.app.types import OFFERS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "score.md").read_text()
SOURCE = Path(__file__).parents[3] / "src" / "rackhouse" / "app"


def _rows(heading: str) -> dict[str, list[str]]:
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows}


def _words(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def test_resource_types() -> None:
    rows = _rows("Resource types")
    assert list(rows) == list(OFFERS)
    assert rows.keys() == set(ResourceType)
    for name, offer in OFFERS.items():
        what, outputs, params = rows[name]
        assert what == offer.what
        assert tuple(_words(outputs)) == offer.outputs
        assert _words(params) == list(offer.params)
        for alias, output in offer.aliases.items():
            assert f"`{alias}` for `{output}`" in PAGE


def test_annotations() -> None:
    rows = _rows("Annotations")
    rows.pop("rackhouse.dev/...")
    assert list(rows) == list(SETTINGS)
    for name, (example, _) in SETTINGS.items():
        assert rows[name][0].strip("`") == example


def test_examples_of_annotations_are_right() -> None:
    for name, (example, read) in SETTINGS.items():
        assert read(example.strip('"')) is not None, name


def test_the_example_on_the_page_is_right() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert parse(example).name == "guestbook"


def test_limits_and_folders() -> None:
    assert f"At most {MAX_FILES:,} files and {MAX_BYTES // 2**30} GiB" in PAGE
    assert all(f"`{folder}`" in PAGE for folder in FOLDERS[1:])


def test_every_rule_that_is_said_has_its_reason() -> None:
    said = {
        rule
        for file in SOURCE.rglob("*.py")
        for rule in re.findall(r'(?:rule=|say\(\s*(?:[\w\[\]".]+, )?)"([a-z-]+)"', file.read_text())
    }
    assert len(said) > 20
    assert said - {"yaml-character", "duplicate-key"} <= RULES.keys()
